/** @file Kernels that move elements: transpose, slice, concatenate, pad, tile, gather, one-hot. */
import * as tf from '@tensorflow/tfjs-core';
import type { OnednnBackend } from '../backend.js';
import type { NativeAddon } from '../native.js';
import { filled } from './elementwise.js';
import { alias, kernel, unsupported } from './kernel.js';

/** offset, rank, dims, strides; dimensions of one element dropped, neighbours merged where they are contiguous. */
function viewLayout(offset: number, dims: readonly number[], strides: readonly number[]): Int32Array {
  const mergedDims: number[] = [];
  const mergedStrides: number[] = [];
  for (let i = dims.length - 1; i >= 0; i--) {
    if (dims[i] === 1) continue;
    const last = mergedDims.length - 1;
    if (last >= 0 && strides[i] === mergedStrides[last] * mergedDims[last]) {
      mergedDims[last] *= dims[i];
    } else {
      mergedDims.push(dims[i]);
      mergedStrides.push(strides[i]);
    }
  }
  return Int32Array.from([offset, mergedDims.length, ...mergedDims.reverse(), ...mergedStrides.reverse()]);
}

function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/** A new tensor of `shape` whose elements are x's at offset + index . strides. */
function gathered(
  x: tf.TensorInfo,
  shape: number[],
  dims: readonly number[],
  strides: readonly number[],
  offset: number,
  backend: OnednnBackend,
): tf.TensorInfo {
  const out = backend.output(shape, x.dtype);
  if (tf.util.sizeFromShape(shape) > 0) {
    backend.native.gatherView(backend.handleOf(x), backend.handleOf(out), viewLayout(offset, dims, strides));
  }
  return out;
}

/** x with its axes in the order `perm`. */
export function transposed(x: tf.TensorInfo, perm: readonly number[], backend: OnednnBackend): tf.TensorInfo {
  const strides = stridesOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis]);
  return gathered(
    x,
    shape,
    shape,
    perm.map((axis) => strides[axis]),
    0,
    backend,
  );
}

function sliced(
  x: tf.TensorInfo,
  begin: readonly number[],
  size: number[],
  backend: OnednnBackend,
): tf.TensorInfo {
  const strides = stridesOf(x.shape);
  const offset = begin.reduce((sum, b, i) => sum + b * strides[i], 0);
  return gathered(x, size, size, strides, offset, backend);
}

function concatenated(
  parts: tf.TensorInfo[],
  axis: number,
  shape: number[],
  backend: OnednnBackend,
): tf.TensorInfo {
  const out = backend.output(shape, parts[0].dtype);
  const strides = stridesOf(shape);
  let at = 0;
  for (const part of parts) {
    if (tf.util.sizeFromShape(part.shape) > 0) {
      const layout = viewLayout(at * strides[axis], part.shape, strides);
      backend.native.scatterView(backend.handleOf(part), backend.handleOf(out), layout);
    }
    at += part.shape[axis];
  }
  return out;
}

/** `count` slices of x along `axis`, of the given sizes; the axis is dropped when `squeeze`. */
function split(
  x: tf.TensorInfo,
  axis: number,
  sizes: number[],
  squeeze: boolean,
  backend: OnednnBackend,
): tf.TensorInfo[] {
  const begin = new Array<number>(x.shape.length).fill(0);
  return sizes.map((size) => {
    const shape = [...x.shape];
    shape[axis] = size;
    const part = sliced(x, begin, shape, backend);
    begin[axis] += size;
    return squeeze ? { ...part, shape: shape.filter((_, i) => i !== axis) } : part;
  });
}

/** All kernels of this file. */
export function layoutKernels(native: NativeAddon): tf.KernelConfig[] {
  return [
    kernel('Identity', ({ x }, _attributes, backend) => alias(backend, x)),
    kernel('Reshape', ({ x }, { shape }, backend) => {
      const size = tf.util.sizeFromShape(x.shape);
      return alias(backend, x, tf.util.inferFromImplicitShape(shape as number[], size));
    }),
    kernel('ExpandDims', ({ input }, { dim }, backend) => {
      const shape = [...input.shape];
      const at = dim as number;
      shape.splice(at < 0 ? shape.length + at + 1 : at, 0, 1);
      return alias(backend, input, shape);
    }),
    kernel('Transpose', ({ x }, { perm }, backend) => transposed(x, perm as number[], backend)),
    kernel('Slice', ({ x }, { begin, size }, backend) => {
      const [start, length] = tf.slice_util.parseSliceParams(x, begin as number[], size as number[]);
      tf.slice_util.assertParamsValid(x, start, length);
      return sliced(x, start, length, backend);
    }),
    kernel('StridedSlice', ({ x }, attributes, backend) => {
      const a = attributes as Record<string, number[]> & Record<string, number>;
      const info = tf.slice_util.sliceInfo(
        x.shape,
        a.begin,
        a.end,
        a.strides,
        a.beginMask,
        a.endMask,
        a.ellipsisMask,
        a.newAxisMask,
        a.shrinkAxisMask,
      );
      const strides = stridesOf(x.shape);
      const offset = info.begin.reduce((sum, b, i) => sum + b * strides[i], 0);
      const dims = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
      return gathered(
        x,
        info.finalShape,
        dims,
        info.strides.map((s, i) => s * strides[i]),
        offset,
        backend,
      );
    }),
    kernel('Reverse', ({ x }, { dims }, backend) => {
      const axes = tf.util.parseAxisParam(dims as number[], x.shape);
      const strides = stridesOf(x.shape);
      const offset = axes.reduce((sum, axis) => sum + (x.shape[axis] - 1) * strides[axis], 0);
      const signed = strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
      return gathered(x, x.shape, x.shape, signed, offset, backend);
    }),
    kernel('Tile', ({ x }, { reps }, backend) => {
      const times = reps as number[];
      const strides = stridesOf(x.shape);
      const shape = x.shape.map((size, i) => size * times[i]);
      return gathered(
        x,
        shape,
        x.shape.flatMap((size, i) => [times[i], size]),
        strides.flatMap((s) => [0, s]),
        0,
        backend,
      );
    }),
    kernel('Concat', (inputs, { axis }, backend) => {
      const parts = Object.values(inputs);
      const at = tf.util.parseAxisParam(axis as number, parts[0].shape)[0];
      return concatenated(
        parts,
        at,
        tf.backend_util.computeOutShape(
          parts.map(({ shape }) => shape),
          at,
        ),
        backend,
      );
    }),
    kernel('Pack', (inputs, { axis }, backend) => {
      const parts = Object.values(inputs);
      const at = axis as number;
      const expanded = parts.map((part) => ({
        ...part,
        shape: [...part.shape.slice(0, at), 1, ...part.shape.slice(at)],
      }));
      const shape = [...parts[0].shape.slice(0, at), parts.length, ...parts[0].shape.slice(at)];
      return concatenated(expanded, at, shape, backend);
    }),
    kernel('Unpack', ({ value }, { axis }, backend) => {
      const at = axis as number;
      const index = at < 0 ? at + value.shape.length : at;
      return split(value, index, new Array<number>(value.shape[index]).fill(1), true, backend);
    }),
    kernel('SplitV', ({ x }, { numOrSizeSplits, axis }, backend) => {
      const at = tf.util.parseAxisParam(axis as number, x.shape)[0];
      const sizes = tf.backend_util.prepareSplitSize(x, numOrSizeSplits as number[] | number, at);
      return split(x, at, sizes, false, backend);
    }),
    kernel('PadV2', ({ x }, { paddings, constantValue }, backend) => {
      const pads = paddings as [number, number][];
      const shape = x.shape.map((size, i) => size + pads[i][0] + pads[i][1]);
      const out = filled(shape, (constantValue as number | undefined) ?? 0, x.dtype, backend);
      const strides = stridesOf(shape);
      const offset = pads.reduce((sum, [before], i) => sum + before * strides[i], 0);
      if (tf.util.sizeFromShape(x.shape) > 0) {
        native.scatterView(backend.handleOf(x), backend.handleOf(out), viewLayout(offset, x.shape, strides));
      }
      return out;
    }),
    kernel('GatherV2', ({ x, indices }, { axis, batchDims }, backend) => {
      if (((batchDims as number | undefined) ?? 0) !== 0) throw unsupported('GatherV2', 'batchDims');
      const at = tf.util.parseAxisParam(axis as number, x.shape)[0];
      const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
      const out = backend.output(shape, x.dtype);
      const outer = tf.util.sizeFromShape(x.shape.slice(0, at));
      const inner = tf.util.sizeFromShape(x.shape.slice(at + 1));
      native.gather(
        backend.handleOf(x),
        backend.handleOf(indices),
        backend.handleOf(out),
        outer,
        x.shape[at],
        inner,
      );
      return out;
    }),
    kernel('UnsortedSegmentSum', ({ x, segmentIds }, { numSegments }, backend) => {
      if (x.dtype !== 'float32') throw unsupported('UnsortedSegmentSum', `${x.dtype} tensors`);
      if (segmentIds.shape.length !== 1)
        throw unsupported('UnsortedSegmentSum', 'segment ids of more than one axis');
      const out = backend.output([numSegments as number, ...x.shape.slice(1)], 'float32');
      const inner = tf.util.sizeFromShape(x.shape.slice(1));
      native.segmentSum(
        backend.handleOf(x),
        backend.handleOf(segmentIds),
        backend.handleOf(out),
        numSegments as number,
        inner,
      );
      return out;
    }),
    kernel('OneHot', ({ indices }, { depth, onValue, offValue, dtype }, backend) => {
      const type = (dtype as tf.DataType | undefined) ?? 'int32';
      const out = backend.output([...indices.shape, depth as number], type);
      const isFloat = type === 'float32';
      native.oneHot(
        backend.handleOf(indices),
        backend.handleOf(out),
        isFloat,
        depth as number,
        onValue as number,
        offValue as number,
      );
      return out;
    }),
  ];
}
