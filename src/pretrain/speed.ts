/** @file The speed of training: whole steps, as training does them, on random views that are in memory already. */
import type { Communicator } from '../ddp/index.js';
import { Generator } from '../random/index.js';
import { Learner, type LearnerConfig } from './learner.js';
import { OPTIONS, type PretrainConfig } from './options.js';

export interface SpeedOptions extends Pick<PretrainConfig, 'arch' | 'stem' | 'width' | 'mlp' | 'batchSize'> {
  /** Side of the square images. */
  size: number;
  steps: number;
  warmup: number;
}

/**
 * Source images a second (each gives two views): the batch over the median time of a step. With several ranks, of each.
 */
export async function measureSteps(options: SpeedOptions, communicator?: Communicator): Promise<number> {
  const { arch, stem, width, mlp, batchSize, size, steps, warmup } = options;
  const defaults = Object.fromEntries(Object.entries(OPTIONS).map(([name, spec]) => [name, spec.default]));
  const config = { ...(defaults as PretrainConfig), arch, stem, width, mlp } satisfies LearnerConfig;
  const classes = 10;
  const learner = new Learner(config, classes, communicator);
  const rng = new Generator(0);
  const views = new Float32Array(2 * batchSize * size * size * 3);
  rng.fillNormal(views, 0, 1);
  const labels = Int32Array.from({ length: batchSize }, () => rng.integers(0, classes));
  const times: number[] = [];
  for (let i = 0; i < warmup + steps; i++) {
    const start = performance.now();
    await learner.step(views, [size, size], labels, 1e-3);
    if (i >= warmup) times.push((performance.now() - start) / 1000);
  }
  learner.dispose();
  return batchSize / median(times);
}

/** The middle of the sorted values; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
