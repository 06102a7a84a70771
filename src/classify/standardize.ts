/**
 * @file Standardised features: mean 0 and deviation 1 in each dimension over the training images, as BatchNorm without
 * affine before a linear probe (MAE, He et al. 2022). So learning rates and decays mean the same for every encoder,
 * however large its features are. The first layer of the finished head takes it in: heads see plain features.
 */
import { MlpHead } from '../encoders/index.js';
import { tf } from '../tensor/index.js';
import type { Features } from './knn.js';

/** Of each dimension; a dimension that never changes has deviation 1. */
export interface Standardization {
  mean: Float32Array;
  deviation: Float32Array;
}

export function standardization({ features, count }: Features): Standardization {
  const dim = features.length / count;
  const [sums, squares] = [new Float64Array(dim), new Float64Array(dim)];
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = 0; j < dim; j++, at++) sums[j] += features[at];
  }
  const mean = sums.map((sum) => sum / count);
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = 0; j < dim; j++, at++) squares[j] += (features[at] - mean[j]) ** 2;
  }
  const deviation = Float32Array.from(squares, (square) => Math.sqrt(square / count) || 1);
  return { mean: Float32Array.from(mean), deviation };
}

/** Standardised rows as a tensor [count, dim], the caller's to dispose. */
export function standardized(
  { features, count }: Features,
  { mean, deviation }: Standardization,
): tf.Tensor2D {
  const dim = mean.length;
  const rows = new Float32Array(features.length); // the features may be gigabytes: no copy more than this one
  for (let i = 0, at = 0; i < count; i++) {
    for (let j = 0; j < dim; j++, at++) rows[at] = (features[at] - mean[j]) / deviation[j];
  }
  return tf.tensor2d(rows, [count, dim]);
}

/** Makes a head of standardised features one of plain features, in place: W (x - m) / s + b = (W / s) x + (b - W m / s). */
export function absorb(head: MlpHead, { mean, deviation }: Standardization): void {
  const [weight, bias] = ['0.weight', '0.bias'].map((name) => head.parameters.get(name)!);
  tf.tidy(() => {
    const scaled = tf.div<tf.Tensor2D>(weight, tf.tensor1d(deviation));
    const shift = tf.matMul(scaled, tf.tensor2d(mean, [mean.length, 1]));
    bias.assign(tf.sub(bias, tf.reshape(shift, [-1])));
    weight.assign(scaled);
  });
}
