/**
 * @file Sums and means that add up in float64. The built-in ones add float32 one after the other, which over the tens
 * of thousands of pixels of a batch leaves four digits, and transpose first unless the axes are the last ones.
 */
import * as tf from '@tensorflow/tfjs-core';
import { heap, register, type Call } from './kernel.js';

/** out[o, i] = scale * sum over r of x[o, r, i] */
function sumMiddle(
  x: ArrayLike<number>,
  out: Float32Array,
  [outer, reduced, inner]: number[],
  scale: number,
): void {
  const sums = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    sums.fill(0);
    let k = o * reduced * inner;
    for (let r = 0; r < reduced; r++) {
      for (let i = 0; i < inner; i++, k++) sums[i] += x[k];
    }
    for (let i = 0; i < inner; i++) out[o * inner + i] = sums[i] * scale;
  }
}

function sum(x: tf.Tensor, { attributes, backend }: Call, mean: boolean): tf.TensorInfo {
  const axes = tf.util.parseAxisParam(attributes.axis as number | number[], x.shape).sort((a, b) => a - b);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const contiguous = axes.every((axis, i) => i === 0 || axis === axes[i - 1] + 1);
  const ordered = contiguous ? x : tf.transpose(x, [...kept, ...axes]);
  const start = contiguous ? (axes[0] ?? x.rank) : kept.length;
  const size = (from: number, to?: number) => tf.util.sizeFromShape(ordered.shape.slice(from, to));
  const sizes = [size(0, start), size(start, start + axes.length), size(start + axes.length)];

  const shape = attributes.keepDims === true ? x.shape.map((n, i) => (axes.includes(i) ? 1 : n)) : kept.map((i) => x.shape[i]); // prettier-ignore
  const out = backend.makeOutput(shape, mean || x.dtype === 'float32' ? 'float32' : 'int32');
  sumMiddle(heap(backend, ordered), heap(backend, out), sizes, mean ? 1 / sizes[1] : 1);
  if (ordered !== x) ordered.dispose();
  return out;
}

/** Registers Sum and Mean. */
export function registerSums(): void {
  register('Sum', ({ x }, call) => sum(x, call, false));
  register('Mean', ({ x }, call) => sum(x, call, true));
}
