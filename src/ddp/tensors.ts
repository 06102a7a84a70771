/**
 * @file Collectives on tensors. What the ranks minimise together is the mean of their losses: every gradient here is the
 * one of that mean, so a step on W ranks is the step of one process on the joined batch.
 */
import { requireSynchronousReads, tf, type AllSum } from '../tensor/index.js';
import type { Communicator } from './communicator.js';

/**
 * For `batchNorm`: the sum over all ranks; undefined for a rank alone, or where each rank is to normalise by itself.
 * @throws EngineError when the engine cannot take part in collectives.
 */
export function allSumOf(communicator: Communicator, syncBn = true): AllSum | undefined {
  if (communicator.worldSize === 1) return undefined;
  requireSynchronousReads('SyncBatchNorm, gathered embeddings and sums of gradients');
  return syncBn ? (values) => communicator.allReduce(values) : undefined;
}

/**
 * All ranks' rows, in the order of the ranks: [N, D] to [W N, D]. Each rank's loss sends its gradient back to the rank
 * that a row came from.
 */
export function gatherRows(communicator: Communicator, x: tf.Tensor2D): tf.Tensor2D {
  const { worldSize } = communicator;
  if (worldSize === 1) return x;
  const [rows, columns] = x.shape;
  const gather = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const all = new Float32Array(worldSize * x.size);
    communicator.allGather((inputs[0] as tf.Tensor).dataSync() as Float32Array, all);
    const gradFunc = (dy: tf.Tensor) => {
      const part = new Float32Array(x.size);
      communicator.reduceScatter(dy.dataSync() as Float32Array, part);
      return tf.tensor2d(part, [rows, columns]);
    };
    return { value: tf.tensor2d(all, [worldSize * rows, columns]), gradFunc };
  });
  return gather(x);
}

/** The sum of all ranks' x (float32, one shape), on every rank. Each rank's loss sends its gradient back to all. */
export function sumOverRanks<T extends tf.Tensor>(communicator: Communicator, x: T): T {
  if (communicator.worldSize === 1) return x;
  const summed = (part: tf.Tensor): T => {
    const sums = (part.dataSync() as Float32Array).slice();
    communicator.allReduce(sums);
    return tf.tensor(sums, part.shape) as T;
  };
  return tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: summed(inputs[0] as tf.Tensor),
    gradFunc: summed,
  }))(x);
}

/** The means of numbers over all ranks. */
export function meanOverRanks(communicator: Communicator, values: readonly number[]): number[] {
  const sums = Float64Array.from(values);
  communicator.allReduce(sums);
  return Array.from(sums, (sum) => sum / communicator.worldSize);
}

/** Gives all ranks rank 0's values of the variables. */
export function broadcastVariables(communicator: Communicator, variables: Iterable<tf.Variable>): void {
  if (communicator.worldSize === 1) return;
  for (const variable of variables) {
    const values = variable.dataSync() as Float32Array;
    communicator.broadcast(values);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}

/** Gives all ranks rank 0's value of something that survives JSON; theirs are not looked at. */
export function broadcastValue<T>(communicator: Communicator, value: T): T {
  if (communicator.worldSize === 1) return value;
  const text = communicator.rank === 0 ? JSON.stringify(value) : '';
  const length = Float64Array.of(text.length);
  communicator.broadcast(length);
  const codes = new Float64Array(length[0]);
  if (communicator.rank === 0) codes.forEach((_, i) => (codes[i] = text.charCodeAt(i)));
  communicator.broadcast(codes);
  return JSON.parse(Array.from(codes, (code) => String.fromCharCode(code)).join('')) as T;
}
