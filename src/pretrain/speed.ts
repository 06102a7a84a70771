/** @file The speed of training: whole steps, as training does them, on random views that are in memory already. */
import { meanOverRanks, type Communicator } from '../ddp/index.js';
import { countParameters, headSizes } from '../encoders/index.js';
import { Generator } from '../random/index.js';
import { tf } from '../tensor/index.js';
import { Learner, type LearnerConfig } from './learner.js';
import { vicregLoss } from './methods/index.js';
import { OPTIONS, type PretrainConfig } from './options.js';

export interface SpeedOptions extends Pick<PretrainConfig, 'arch' | 'stem' | 'width' | 'mlp' | 'batchSize'> {
  /** Side of the square images. */
  size: number;
  steps: number;
  warmup: number;
}

/** Source images a second (each gives two views) of one process: the batch over the median time of a step. */
export async function measureSteps(options: SpeedOptions): Promise<number> {
  const learner = newLearner(options);
  const seconds = await medianStep(learner, options);
  learner.dispose();
  return options.batchSize / seconds;
}

/** Seconds of a step, measured one right after the other. */
export interface RankSeconds {
  /** Of rank 0 while the others rest. */
  alone: number;
  /** Of every rank for itself, all at once: what they take from each other without saying a word. The mean. */
  apart: number;
  /** Of all ranks as one. */
  together: number;
}

/** To be called on all ranks; how each of `options.steps` rounds went. */
export async function measureRanks(
  options: SpeedOptions,
  communicator: Communicator,
): Promise<RankSeconds[]> {
  const [own, shared] = [newLearner(options), newLearner(options, communicator)];
  const time = stopwatch(options);
  const rounds: RankSeconds[] = [];
  for (let i = 0; i < options.warmup + options.steps; i++) {
    communicator.barrier();
    const alone = communicator.rank === 0 ? await time(own) : 0;
    communicator.barrier();
    const [apart] = meanOverRanks(communicator, [await time(own)]);
    const together = await time(shared);
    if (i >= options.warmup) rounds.push({ alone, apart, together });
  }
  own.dispose();
  shared.dispose();
  return rounds;
}

/** What a step costs a rank alone, and what it would send were there others. */
export interface StepShape {
  /** Seconds of a step alone. */
  compute: number;
  /** Images of a rank, and dimensions of their embeddings. */
  rows: number;
  columns: number;
  /** Seconds that the loss takes for each of its multiplications, see `vicregWork`. */
  lossPerProduct: number;
  /** Sums that are waited for: BatchNorm's, forward and backward, and a few numbers of the loop. */
  smallSums: number;
  gradientBytes: number;
}

/** Measures a rank alone. */
export async function measureShape(options: SpeedOptions): Promise<StepShape> {
  const learner = newLearner(options);
  const compute = await medianStep(learner, options);
  const columns = headSizes(learner.encoder.featureDim, options.mlp).at(-1)!;
  const parameters = countParameters(learner.encoder) + countParameters(learner.head);
  const normalizations = (learner.encoder.buffers.size + learner.head.buffers.size) / 2;
  learner.dispose();
  return {
    compute,
    rows: options.batchSize,
    columns,
    lossPerProduct: lossSeconds(columns / 2, columns) / ((columns / 2) ** 2 * columns),
    smallSums: 2 * normalizations + LOOP_SUMS,
    gradientBytes: parameters * Float32Array.BYTES_PER_ELEMENT,
  };
}

/** Of a step beside BatchNorm's: the losses' and the probe's means, the probe's gradients, the decision to go on. */
const LOOP_SUMS = 4;
const CLASSES = 10;

function newLearner({ arch, stem, width, mlp }: SpeedOptions, communicator?: Communicator): Learner {
  const defaults = Object.fromEntries(Object.entries(OPTIONS).map(([name, spec]) => [name, spec.default]));
  const config = { ...(defaults as PretrainConfig), arch, stem, width, mlp } satisfies LearnerConfig;
  return new Learner(config, CLASSES, communicator);
}

/** The median time of a step. */
async function medianStep(learner: Learner, options: SpeedOptions): Promise<number> {
  const time = stopwatch(options);
  const times: number[] = [];
  for (let i = 0; i < options.warmup + options.steps; i++) {
    const seconds = await time(learner);
    if (i >= options.warmup) times.push(seconds);
  }
  return median(times);
}

/** Gives the seconds of a learner's step on random views, always the same. */
function stopwatch({ batchSize, size }: SpeedOptions): (learner: Learner) => Promise<number> {
  const rng = new Generator(0);
  const views = rng.fillNormal(new Float32Array(2 * batchSize * size * size * 3), 0, 1);
  const labels = Int32Array.from({ length: batchSize }, () => rng.integers(0, CLASSES));
  return async (learner) => {
    const start = performance.now();
    await learner.step(views, [size, size], labels, 1e-3);
    return (performance.now() - start) / 1000;
  };
}

/** The time of VICReg's loss and its gradients on random embeddings [rows, columns] of two views. */
function lossSeconds(rows: number, columns: number): number {
  const rng = new Generator(0);
  const random = () => tf.tensor2d(rng.fillNormal(new Float32Array(rows * columns), 0, 1), [rows, columns]);
  const views = [random(), random()];
  const gradients = tf.grads((a, b) => vicregLoss(a as tf.Tensor2D, b as tf.Tensor2D).loss);
  const times = [0, 1, 2].map(() => {
    const start = performance.now();
    const found = gradients(views);
    for (const gradient of found) gradient.dataSync();
    tf.dispose(found);
    return (performance.now() - start) / 1000;
  });
  tf.dispose(views);
  return median(times);
}

/** The middle of the sorted values; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
