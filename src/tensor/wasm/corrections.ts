/**
 * @file Kernels that the wasm backend lacks, does slowly or gets wrong, apart from convolution and pooling. Each was
 * found by the sweep in test/tensor/wasm.
 */
import * as tf from '@tensorflow/tfjs-core';
import { heap, register, unsupported, zeros, type Call, type Inputs } from './kernel.js';

/** The built-in products of transposed matrices are an order of magnitude slower than transposing first. */
function multiply(name: string, { a, b, ...others }: Inputs, { attributes, builtIn }: Call): tf.TensorInfo {
  const [batchA, batchB] = [a, b].map(({ shape }) => tf.util.sizeFromShape(shape.slice(0, -2)));
  const alike = tf.util.arraysEqual(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (!alike && batchA !== 1 && batchB !== 1) {
    throw unsupported(name, `batches of shapes [${a.shape.join()}] and [${b.shape.join()}]`);
  }
  const upright = (matrix: tf.Tensor, turned: unknown) => {
    if (turned !== true) return matrix;
    const axes = matrix.shape.map((_, i) => i);
    return tf.transpose(matrix, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
  };
  const inputs = { a: upright(a, attributes.transposeA), b: upright(b, attributes.transposeB), ...others };
  const product = builtIn(inputs, { ...attributes, transposeA: false, transposeB: false }) as tf.TensorInfo;
  for (const [matrix, original] of [[inputs.a, a], [inputs.b, b]]) if (matrix !== original) matrix.dispose(); // prettier-ignore
  return product;
}

/** Sums rows by segment; rows with an id outside [0, numSegments) are left out, as in TensorFlow. */
function segmentSum({ x, segmentIds }: Inputs, { attributes, backend }: Call): tf.TensorInfo {
  const segments = attributes.numSegments as number;
  const out = zeros(backend, [segments, ...x.shape.slice(segmentIds.rank)], x.dtype);
  const width = x.size / Math.max(1, segmentIds.size);
  const [sums, values, ids] = [out, x, segmentIds].map((tensor) => heap(backend, tensor));
  for (let row = 0; row < ids.length; row++) {
    if (ids[row] < 0 || ids[row] >= segments) continue;
    for (let i = 0; i < width; i++) sums[ids[row] * width + i] += values[row * width + i];
  }
  return out;
}

/** The built-in one writes outside of its memory for indices that are out of range, and wrong values for float32. */
function oneHot({ indices }: Inputs, { attributes, backend }: Call): tf.TensorInfo {
  const { depth, onValue, offValue } = attributes as Record<string, number>;
  const dtype = attributes.dtype as tf.DataType;
  const out = backend.makeOutput([...indices.shape, depth], dtype);
  const values = heap(backend, out).fill(offValue);
  heap(backend, indices).forEach((index, row) => {
    if (index >= 0 && index < depth) values[row * depth + index] = onValue;
  });
  return out;
}

/** Registers all of this file. */
export function registerCorrections(): void {
  for (const name of ['BatchMatMul', '_FusedMatMul']) {
    register(name, (inputs, call) => multiply(name, inputs, call));
  }
  register('UnsortedSegmentSum', segmentSum);
  register('OneHot', oneHot);
  // The built-in one keeps the lowest byte: 254 of -2, and false of 0.5.
  register('Cast', ({ x }, { attributes, builtIn }) => {
    if (attributes.dtype !== 'bool' || x.dtype === 'bool') return builtIn({ x }, attributes);
    return tf.tidy(() => tf.notEqual(x, tf.zerosLike(x)));
  });
  // The built-in one reads alpha as if it had x's shape.
  register('Prelu', ({ x, alpha }) => tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0)))));
}
