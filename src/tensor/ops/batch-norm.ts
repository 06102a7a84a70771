/**
 * @file Batch normalisation fused with a residual and ReLU (Ioffe & Szegedy, 2015), PyTorch's conventions. One kernel
 * with a gradient where the engine has it; composed of plain ops, with the same results, elsewhere.
 */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError, UserError } from '../../errors.js';
import { activeOnednn } from '../onednn/index.js';
import { onednnBatchNorm } from '../onednn/batch-norm.js';

/** Adds the values of all processes, in place, and returns when that is done. */
export type AllSum = (values: Float64Array) => void;

export interface BatchNormParameters {
  gamma: tf.Tensor1D | tf.Variable;
  beta: tf.Tensor1D | tf.Variable;
  runningMean: tf.Variable;
  runningVariance: tf.Variable;
}

export interface BatchNormOptions {
  /** Normalise by the batch's statistics and update the running ones; otherwise by the running ones. */
  training: boolean;
  /** Weight of the new batch in the running statistics. */
  momentum?: number;
  epsilon?: number;
  relu?: boolean;
  /** Added before ReLU; of x's shape. */
  residual?: tf.Tensor;
  /**
   * The leading axis is this many equal parts (views), each normalised by its own statistics; the running ones are
   * updated once per part in turn, as by as many forward calls in PyTorch.
   */
  groups?: number;
  /** In training: normalise by the statistics of all processes' batches together (SyncBatchNorm). */
  allSum?: AllSum;
}

/**
 * `relu?((x - mean) / sqrt(variance + epsilon) * gamma + beta + residual?)` over all axes but the last; the biased
 * variance normalises, the unbiased one goes into the running variance. Differentiable in x, gamma, beta, residual.
 * @param x [..., C]
 * @throws UserError when the leading axis cannot be cut into `groups` parts, when a part has but one value a channel in
 *   training, or when the shapes do not fit.
 */
export function batchNorm(
  x: tf.Tensor,
  parameters: BatchNormParameters,
  options: BatchNormOptions,
): tf.Tensor {
  const groups = options.training ? (options.groups ?? 1) : 1;
  checkShapes(x, parameters, options, groups);
  const resolved = { momentum: 0.1, epsilon: 1e-5, relu: false, ...options, groups };
  const backend = activeOnednn();
  return backend === undefined
    ? composedBatchNorm(x, parameters, resolved)
    : onednnBatchNorm(backend, x, parameters, resolved);
}

function checkShapes(x: tf.Tensor, p: BatchNormParameters, o: BatchNormOptions, groups: number): void {
  const { shape } = x;
  const channels = shape[shape.length - 1];
  if (shape[0] % groups !== 0) {
    throw new UserError(`batchNorm: expected a batch that ${groups} groups divide, got ${shape[0]}.`);
  }
  if (o.training && o.allSum === undefined && x.size / channels / groups < 2) {
    throw new UserError(
      `batchNorm: training needs two values a channel in each group, got shape [${shape.join()}].`,
    );
  }
  for (const [name, { shape: found }] of Object.entries<tf.Tensor>({ ...p })) {
    if (found.length === 1 && found[0] === channels) continue;
    throw new UserError(`batchNorm: expected ${name} of shape [${channels}], got [${found.join()}].`);
  }
  if (o.residual !== undefined && !tf.util.arraysEqual(o.residual.shape, shape)) {
    const found = o.residual.shape.join();
    throw new UserError(`batchNorm: expected a residual of x's shape [${shape.join()}], got [${found}].`);
  }
}

export type ResolvedBatchNormOptions = BatchNormOptions &
  Required<Omit<BatchNormOptions, 'residual' | 'allSum'>>;

function composedBatchNorm(x: tf.Tensor, p: BatchNormParameters, o: ResolvedBatchNormOptions): tf.Tensor {
  return tf.tidy(() => {
    const channels = x.shape[x.shape.length - 1];
    const grouped = tf.reshape(x, [o.groups, -1, channels]);
    let mean: tf.Tensor = tf.reshape(p.runningMean, [1, 1, channels]);
    let variance: tf.Tensor = tf.reshape(p.runningVariance, [1, 1, channels]);
    if (o.training) {
      const rows = Float64Array.of(grouped.shape[1]!);
      o.allSum?.(rows);
      mean = tf.div(sumOfAll(tf.sum(grouped, 1, true), o.allSum), rows[0]);
      variance = tf.div(sumOfAll(tf.sum(tf.square(tf.sub(grouped, mean)), 1, true), o.allSum), rows[0]);
      updateRunningStatistics(p, o, mean, variance, rows[0]);
    }
    const scale = tf.mul(tf.rsqrt(tf.add(variance, o.epsilon)), p.gamma);
    const normalized = tf.add(tf.mul(tf.sub(grouped, mean), scale), p.beta);
    let y: tf.Tensor = tf.reshape(normalized, x.shape);
    if (o.residual !== undefined) y = tf.add(y, o.residual);
    return o.relu ? tf.relu(y) : y;
  });
}

/** The sum of all processes' x; the gradient of it is the sum of all processes' gradients. */
function sumOfAll(x: tf.Tensor, allSum: AllSum | undefined): tf.Tensor {
  if (allSum === undefined) return x;
  const add = (part: tf.Tensor) => {
    const sums = Float64Array.from(readNow(part));
    allSum(sums);
    return tf.tensor(Float32Array.from(sums), part.shape);
  };
  return tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: add(inputs[0] as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => add(dy),
  }))(x);
}

/** @throws EngineError on engines that cannot read in the middle of a pass. */
function readNow(x: tf.Tensor): tf.TypedArray {
  try {
    return x.dataSync();
  } catch (error) {
    throw new EngineError(
      `The engine "${tf.getBackend()}" cannot read tensors at once, which SyncBatchNorm needs: ` +
        'choose another --engine, or one process.',
      2,
      { cause: error },
    );
  }
}

function updateRunningStatistics(
  p: BatchNormParameters,
  o: ResolvedBatchNormOptions,
  mean: tf.Tensor,
  variance: tf.Tensor,
  rows: number,
): void {
  const unbiased = rows / Math.max(1, rows - 1);
  for (let group = 0; group < o.groups; group++) {
    for (const [running, batch, factor] of [
      [p.runningMean, mean, 1],
      [p.runningVariance, variance, unbiased],
    ] as const) {
      const part = tf.reshape(tf.slice(batch, [group, 0, 0], [1, 1, -1]), [-1]);
      running.assign(tf.add(tf.mul(running, 1 - o.momentum), tf.mul(part, o.momentum * factor)));
    }
  }
}
