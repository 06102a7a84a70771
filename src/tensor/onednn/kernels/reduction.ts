/** @file Reductions over any axes, arg-extremes, cumulative sums, top-k and softmax. */
import * as tf from '@tensorflow/tfjs-core';
import type { OnednnBackend } from '../backend.js';
import type { NativeAddon } from '../native.js';
import { alias, kernel, unsupported, using } from './kernel.js';
import { transposed } from './layout.js';

const FOLDS = ['Sum', 'Prod', 'Max', 'Min', 'All', 'Any'];

interface Reduction {
  /** x with the reduced axes next to each other; to be disposed. */
  x: tf.TensorInfo;
  outer: number;
  reduced: number;
  inner: number;
  shape: number[];
}

/** Brings the reduced axes together: [outer, reduced, inner]; transposes only if they are apart. */
function arrange(x: tf.TensorInfo, axis: unknown, keepDims: unknown, backend: OnednnBackend): Reduction {
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
  const [kept, reducedShape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
  const reduced = tf.util.sizeFromShape(reducedShape);
  const shape = keepDims === true ? tf.backend_util.expandShapeToKeepDim(kept, axes) : kept;
  const sorted = [...axes].sort((a, b) => a - b);
  const contiguous = sorted.every((a, i) => i === 0 || a === sorted[i - 1] + 1);
  if (contiguous) {
    const first = sorted[0] ?? 0;
    const outer = tf.util.sizeFromShape(x.shape.slice(0, first));
    return {
      x: alias(backend, x),
      outer,
      reduced,
      inner: tf.util.sizeFromShape(kept) / Math.max(1, outer),
      shape,
    };
  }
  const order = [...x.shape.keys()].filter((a) => !axes.includes(a)).concat(sorted);
  return { x: transposed(x, order, backend), outer: tf.util.sizeFromShape(kept), reduced, inner: 1, shape };
}

/** Sum times a factor, over any axes. */
export function sum(
  x: tf.TensorInfo,
  axis: unknown,
  keepDims: unknown,
  mean: boolean,
  backend: OnednnBackend,
): tf.TensorInfo {
  const r = arrange(x, axis, keepDims, backend);
  return using(backend, r.x, (from) => {
    const out = backend.output(r.shape, 'float32');
    backend.native.sum(
      backend.handleOf(from),
      backend.handleOf(out),
      r.outer,
      r.reduced,
      r.inner,
      mean ? 1 / r.reduced : 1,
    );
    return out;
  });
}

/** All kernels of this file. */
export function reductionKernels(native: NativeAddon): tf.KernelConfig[] {
  const fold = (name: string) =>
    kernel(name, ({ x }, { axis: axes, reductionIndices, keepDims }, backend) => {
      const axis = name === 'Max' ? reductionIndices : axes; // TensorFlow.js names Max's axes differently
      if (name === 'Sum' && x.dtype === 'float32') return sum(x, axis, keepDims, false, backend);
      const r = arrange(x, axis, keepDims, backend);
      return using(backend, r.x, (from) => {
        const out = backend.output(r.shape, x.dtype === 'bool' && name === 'Sum' ? 'int32' : x.dtype);
        const isFloat = x.dtype === 'float32';
        native.reduce(
          FOLDS.indexOf(name),
          isFloat,
          backend.handleOf(from),
          backend.handleOf(out),
          r.outer,
          r.reduced,
          r.inner,
        );
        return out;
      });
    });
  const argExtreme = (name: string, largest: boolean) =>
    kernel(name, ({ x }, { axis }, backend) => {
      const r = arrange(x, axis, false, backend);
      return using(backend, r.x, (from) => {
        const out = backend.output(r.shape, 'int32');
        native.argExtreme(
          backend.handleOf(from),
          backend.handleOf(out),
          x.dtype === 'float32',
          largest,
          r.outer,
          r.reduced,
          r.inner,
        );
        return out;
      });
    });
  const softmax = (name: string, axisName: string, logarithm: boolean) =>
    kernel(name, ({ logits }, attributes, backend) => {
      const axis = attributes[axisName] as number;
      const last = logits.shape.length - 1;
      if (axis !== last && axis !== -1) throw unsupported(name, 'an axis other than the last');
      const out = backend.output(logits.shape, 'float32');
      native.softmax(backend.handleOf(logits), backend.handleOf(out), logits.shape[last], logarithm);
      return out;
    });
  return [
    ...FOLDS.map(fold),
    kernel('Mean', ({ x }, { axis, keepDims }, backend) => {
      if (x.dtype !== 'float32') throw unsupported('Mean', `${x.dtype} tensors`);
      return sum(x, axis, keepDims, true, backend);
    }),
    argExtreme('ArgMax', true),
    argExtreme('ArgMin', false),
    softmax('Softmax', 'dim', false),
    softmax('LogSoftmax', 'axis', true),
    kernel('Cumsum', ({ x }, { axis, exclusive, reverse }, backend) => {
      if (x.dtype !== 'float32') throw unsupported('Cumsum', `${x.dtype} tensors`);
      const at = axis as number;
      const outer = tf.util.sizeFromShape(x.shape.slice(0, at));
      const inner = tf.util.sizeFromShape(x.shape.slice(at + 1));
      const out = backend.output(x.shape, 'float32');
      native.cumulativeSum(
        backend.handleOf(x),
        backend.handleOf(out),
        outer,
        x.shape[at],
        inner,
        exclusive === true,
        reverse === true,
      );
      return out;
    }),
    kernel('TopK', ({ x }, { k }, backend) => {
      if (x.dtype !== 'float32') throw unsupported('TopK', `${x.dtype} tensors`);
      const size = x.shape[x.shape.length - 1];
      const shape = [...x.shape.slice(0, -1), k as number];
      const values = backend.output(shape, 'float32');
      const indices = backend.output(shape, 'int32');
      const rows = tf.util.sizeFromShape(x.shape) / size;
      native.topK(
        backend.handleOf(x),
        backend.handleOf(values),
        backend.handleOf(indices),
        rows,
        size,
        k as number,
      );
      return [values, indices];
    }),
  ];
}
