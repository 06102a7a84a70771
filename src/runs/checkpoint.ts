/**
 * @file Checkpoints: one safetensors file with every variable of training and, as its metadata, where training
 * stands. One file is one rename, so that a crash leaves the old checkpoint or the new one.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadSafetensors, saveSafetensors, type StoredTensor } from '../encoders/index.js';
import { CheckpointMismatchError, CorruptFileError, DivergedError } from '../errors.js';
import { tf } from '../tensor/index.js';
import type { Metrics } from './metrics.js';

/** Where training stands; with the seed it determines all that is still to be drawn. */
export interface Progress {
  /** Steps done, over all epochs. */
  step: number;
  /** The optimizer's own count of updates. */
  optimizerSteps: number;
  /** Seconds spent so far, over all processes. */
  seconds: number;
  /** Evaluations so far, in order, the untrained network's first. */
  evaluations: { epoch: number; metrics: Metrics }[];
}

type Variables = ReadonlyMap<string, tf.Variable>;

const PATTERN = /^step-(\d+)\.safetensors$/;

/**
 * Writes checkpoints/step-N.safetensors, then removes all but the last `keep`.
 * @throws DivergedError, with nothing written, when a variable is not finite.
 */
export async function saveCheckpoint(
  folder: string,
  variables: Variables,
  progress: Progress,
  keep: number,
): Promise<string> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, variable] of variables) {
    const data = (await variable.data()) as Float32Array<ArrayBuffer>;
    if (!data.every(Number.isFinite)) {
      throw new DivergedError(
        `After step ${progress.step} "${name}" is not finite: training has diverged. Lower --base-lr, or train longer warm-up.`,
      );
    }
    tensors.set(name, { dtype: 'F32', shape: variable.shape, data });
  }
  const path = join(folder, `step-${String(progress.step).padStart(8, '0')}.safetensors`);
  saveSafetensors(path, tensors, { progress: JSON.stringify(progress) });
  for (const old of checkpointFiles(folder).slice(keep)) rmSync(old, { force: true });
  return path;
}

/** Checkpoints in a folder, the newest first. */
export function checkpointFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => PATTERN.test(name));
  return names
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

/**
 * Sets all variables from a checkpoint; nothing changes unless all fit.
 * @throws CorruptFileError, CheckpointMismatchError.
 */
export function restoreCheckpoint(path: string, variables: Variables): Progress {
  const { tensors, metadata } = loadSafetensors(path);
  const mismatch = (what: string) =>
    new CheckpointMismatchError(
      `${path} does not fit this run: ${what}. Resume with the code and config it was written by.`,
    );
  for (const [name, { shape }] of variables) {
    const found = tensors.get(name)?.shape;
    if (found === undefined) throw mismatch(`"${name}" [${shape.join(', ')}] is not in the file`);
    if (found.join() !== shape.join()) {
      throw mismatch(`"${name}" is [${found.join(', ')}] in the file and [${shape.join(', ')}] in the code`);
    }
  }
  const extra = [...tensors.keys()].find((name) => !variables.has(name));
  if (extra !== undefined) throw mismatch(`"${extra}" is in the file and not in the code`);
  const progress = parseProgress(path, metadata.progress);
  for (const [name, variable] of variables) {
    tf.tidy(() => {
      variable.assign(tf.tensor(tensors.get(name)!.data as Float32Array, variable.shape));
    });
  }
  return progress;
}

function parseProgress(path: string, json: string | undefined): Progress {
  try {
    const progress = JSON.parse(json ?? '') as Progress;
    if (Number.isSafeInteger(progress.step) && Array.isArray(progress.evaluations)) return progress;
  } catch {
    // Falls through to the one message for every way of being unreadable.
  }
  throw new CorruptFileError(
    `${path} does not say where training stood; remove it to resume from the one before.`,
  );
}
