/**
 * @file The addon native/host as TypeScript sees it: collectives between processes of one host, which read each
 * other's memory, and a fast addition. It is optional: without a C++ compiler, or elsewhere than on Linux, data go
 * over sockets and JavaScript adds.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../files.js';
import {
  COLLECTIVES,
  isDouble,
  isNative,
  type Collective,
  type Floats,
  type Values,
} from '../collectives.js';

type Memory = Floats | number;

/** A collective as the addons take it: kind, is float64, input, output, length of the input, root. */
export type NativeCall = [number, boolean, Memory, Memory, number, number];

/** What build/host.node exports; see the C++ functions of the same names in native/host. */
export interface HostMemory {
  create(): number;
  mailbox(session: number, channel: number): number;
  join(
    session: number,
    rank: number,
    processes: Int32Array,
    mailboxes: Float64Array,
    failed: Int32Array,
  ): boolean;
  run(session: number, ...call: NativeCall): void;
  start(session: number, ...call: NativeCall): void;
  waitFor(session: number, number: number): void;
  leave(session: number): void;
  add(to: Floats, from: Floats, isDouble: boolean): void;
}

/** The addon, if it is built and loads. */
export function loadHostMemory(): HostMemory | undefined {
  try {
    return createRequire(import.meta.url)(join(PROJECT_ROOT, 'build', 'host.node')) as HostMemory;
  } catch {
    return undefined;
  }
}

export function nativeCall({ kind, input, output, root }: Collective): NativeCall {
  const memory = (values: Values) => (isNative(values) ? values.address : values);
  return [COLLECTIVES.indexOf(kind), isDouble(input), memory(input), memory(output), input.length, root];
}
