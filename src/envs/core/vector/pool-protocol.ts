/** @file What a pool vector environment and its threads say to each other. */
import type { MessagePort } from 'node:worker_threads';
import type { Info } from '../env.js';
import type { MakeOptions } from '../make.js';
import type { AutoresetMode, VectorResetOptions } from './vector-env.js';

/** The environments of one thread, in shared memory: `control` counts commands and answers, the rest is exchanged. */
export interface Part {
  count: number;
  control: Int32Array;
  actions: unknown;
  observations: unknown;
  rewards: Float64Array;
  terminated: Uint8Array;
  truncated: Uint8Array;
}

/** Places in `control`. */
export const COMMANDS = 0;
export const ANSWERS = 1;

export type Command = { kind: 'reset'; options: VectorResetOptions } | { kind: 'step' } | { kind: 'close' };

export interface Answer {
  /** Where there are any. */
  infos?: readonly Info[];
  /** What went wrong. */
  error?: { message: string; byUser: boolean };
}

export interface PoolTask {
  /** An id, or the address of a module whose default export makes an environment. */
  source: string;
  isModule: boolean;
  options: MakeOptions;
  autoresetMode: AutoresetMode;
  part: Part;
  port: MessagePort;
}
