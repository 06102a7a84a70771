/** @file Unary, broadcasting binary, select, cast and fill kernels; the operations themselves are tables in C++. */
import * as tf from '@tensorflow/tfjs-core';
import type { OnednnBackend } from '../backend.js';
import type { NativeAddon } from '../native.js';
import { alias, kernel, unsupported, using, type Attributes } from './kernel.js';

/** The two numbers that an operation may take from its attributes. */
const parametersOf: Record<string, (attributes: Attributes) => [number, number]> = {
  LeakyRelu: ({ alpha }) => [alpha as number, 0],
  Step: ({ alpha }) => [alpha as number, 0],
  ClipByValue: ({ clipValueMin, clipValueMax }) => [clipValueMin as number, clipValueMax as number],
};

/** Float operations that leave integers as they are. */
const identityOnInts = new Set(['Floor', 'Ceil', 'Round']);

function unaryKernels(native: NativeAddon): tf.KernelConfig[] {
  return native
    .unaryNames()
    .split(',')
    .map((name, op) =>
      kernel(name, (inputs, attributes, backend) => {
        const x = inputs.x;
        if (x.dtype !== 'float32') return unaryOnInts(name, x, attributes, backend);
        const [a, b] = parametersOf[name]?.(attributes) ?? [0, 0];
        const y = backend.output(x.shape, 'float32');
        native.unary(op, backend.handleOf(x), backend.handleOf(y), a, b);
        return y;
      }),
    );
}

function unaryOnInts(
  name: string,
  x: tf.TensorInfo,
  attributes: Attributes,
  backend: OnednnBackend,
): tf.TensorInfo {
  const { native } = backend;
  if (identityOnInts.has(name)) return alias(backend, x);
  if (name === 'Abs' || name === 'Neg') {
    const y = backend.output(x.shape, 'int32');
    const run = name === 'Abs' ? 'absInts' : 'negateInts';
    native[run](backend.handleOf(x), backend.handleOf(y));
    return y;
  }
  if (name === 'Square') return binary('Multiply', x, x, backend);
  const keepsInts = ['Relu', 'Relu6', 'Sign', 'ClipByValue', 'Step'].includes(name);
  if (keepsInts) throw unsupported(name, `${x.dtype} tensors`);
  return using(backend, cast(x, 'float32', backend), (floats) => {
    const [a, b] = parametersOf[name]?.(attributes) ?? [0, 0];
    const op = native.unaryNames().split(',').indexOf(name);
    const y = backend.output(x.shape, 'float32');
    native.unary(op, backend.handleOf(floats), backend.handleOf(y), a, b);
    return y;
  });
}

/** dims, strides of a and b of the broadcast loop, with neighbouring dimensions merged where both allow it. */
function broadcastLayout(shape: readonly number[], a: readonly number[], b: readonly number[]): Int32Array {
  const dims: number[] = [];
  const stridesA: number[] = [];
  const stridesB: number[] = [];
  let strideA = 1;
  let strideB = 1;
  for (let i = 1; i <= shape.length; i++) {
    const size = shape[shape.length - i];
    const sizeA = a[a.length - i] ?? 1;
    const sizeB = b[b.length - i] ?? 1;
    if (size !== 1) {
      const stepA = sizeA === 1 ? 0 : strideA;
      const stepB = sizeB === 1 ? 0 : strideB;
      const last = dims.length - 1;
      if (last >= 0 && stepA === stridesA[last] * dims[last] && stepB === stridesB[last] * dims[last]) {
        dims[last] *= size;
      } else {
        dims.push(size);
        stridesA.push(stepA);
        stridesB.push(stepB);
      }
    }
    strideA *= sizeA;
    strideB *= sizeB;
  }
  return Int32Array.from([dims.length, ...dims.reverse(), ...stridesA.reverse(), ...stridesB.reverse()]);
}

interface BinaryOps {
  /** Indices in the native table by name and kind: f, i, c (compares floats), j (compares integers). */
  index: Map<string, number>;
  names: Set<string>;
}

let binaryOps: BinaryOps | undefined;

function binaryOpsOf(native: NativeAddon): BinaryOps {
  if (binaryOps === undefined) {
    const entries = native.binaryNames().split(',');
    binaryOps = {
      index: new Map(entries.map((entry, op) => [entry, op])),
      names: new Set(entries.map((entry) => entry.split(':')[0])),
    };
  }
  return binaryOps;
}

/** Applies a named binary operation with broadcasting. */
export function binary(
  name: string,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  backend: OnednnBackend,
): tf.TensorInfo {
  const { native } = backend;
  const { index } = binaryOpsOf(native);
  const isFloat = a.dtype === 'float32';
  if (isFloat !== (b.dtype === 'float32'))
    throw unsupported(name, `operands of types ${a.dtype} and ${b.dtype}`);
  const compared = index.get(`${name}:${isFloat ? 'c' : 'j'}`);
  const op = compared ?? index.get(`${name}:${isFloat ? 'f' : 'i'}`);
  if (op === undefined) throw unsupported(name, `${a.dtype} tensors`);
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const out = backend.output(shape, compared !== undefined ? 'bool' : isFloat ? 'float32' : 'int32');
  if (tf.util.sizeFromShape(shape) === 0) return out;
  const layout = broadcastLayout(shape, a.shape, b.shape);
  native.binary(op, backend.handleOf(a), backend.handleOf(b), backend.handleOf(out), layout);
  return out;
}

function binaryKernels(native: NativeAddon): tf.KernelConfig[] {
  return [...binaryOpsOf(native).names].map((name) =>
    kernel(name, ({ a, b, x, alpha, dy, y }, _attributes, backend) =>
      name === 'Prelu'
        ? binary(name, x, alpha, backend)
        : name === 'EluGrad'
          ? binary(name, dy, y, backend)
          : binary(name, a, b, backend),
    ),
  );
}

/** x as another type; the same data when nothing changes. */
export function cast(x: tf.TensorInfo, dtype: tf.DataType, backend: OnednnBackend): tf.TensorInfo {
  const { native } = backend;
  if (dtype === x.dtype) return alias(backend, x);
  const fromFloat = x.dtype === 'float32';
  if (dtype === 'int32' && !fromFloat) return { ...alias(backend, x), dtype: 'int32' };
  const y = backend.output(x.shape, dtype);
  const run =
    dtype === 'float32'
      ? 'castIntToFloat'
      : dtype === 'int32'
        ? 'castFloatToInt'
        : fromFloat
          ? 'castFloatToBool'
          : 'castIntToBool';
  native[run](backend.handleOf(x), backend.handleOf(y));
  return y;
}

/** A tensor of one value. */
export function filled(
  shape: number[],
  value: number,
  dtype: tf.DataType,
  backend: OnednnBackend,
): tf.TensorInfo {
  const out = backend.output(shape, dtype);
  if (dtype === 'float32') backend.native.fillFloats(backend.handleOf(out), value);
  else backend.native.fillInts(backend.handleOf(out), value);
  return out;
}

/** All kernels of this file. */
export function elementwiseKernels(native: NativeAddon): tf.KernelConfig[] {
  const tests = native.testNames().split(',');
  return [
    ...unaryKernels(native),
    ...binaryKernels(native),
    ...tests.map((name, op) =>
      kernel(name, ({ x }, _attributes, backend) => {
        if (x.dtype !== 'float32') return filled(x.shape, name === 'IsFinite' ? 1 : 0, 'bool', backend);
        const y = backend.output(x.shape, 'bool');
        native.test(op, backend.handleOf(x), backend.handleOf(y));
        return y;
      }),
    ),
    kernel('LogicalNot', ({ x }, _attributes, backend) => {
      const y = backend.output(x.shape, 'bool');
      native.logicalNot(backend.handleOf(x), backend.handleOf(y));
      return y;
    }),
    kernel('Select', ({ condition, t, e }, _attributes, backend) => {
      const inner = tf.util.sizeFromShape(t.shape) / Math.max(1, tf.util.sizeFromShape(condition.shape));
      const out = backend.output(t.shape, t.dtype);
      native.chooseRuns(
        backend.handleOf(condition),
        backend.handleOf(t),
        backend.handleOf(e),
        backend.handleOf(out),
        inner,
      );
      return out;
    }),
    kernel('AddN', (inputs, _attributes, backend) => {
      const terms = Object.values(inputs);
      if (terms.some(({ dtype }) => dtype !== 'float32')) throw unsupported('AddN', 'integer tensors');
      const out = backend.output(terms[0].shape, 'float32');
      native.addMany(backend.handlesOf(terms), backend.handleOf(out));
      return out;
    }),
    kernel('Cast', ({ x }, { dtype }, backend) => cast(x, dtype as tf.DataType, backend)),
    kernel('Fill', (_inputs, { shape, value, dtype }, backend) =>
      filled(shape as number[], value as number, (dtype as tf.DataType | undefined) ?? 'float32', backend),
    ),
    kernel('ZerosLike', ({ x }, _attributes, backend) => filled(x.shape, 0, x.dtype, backend)),
    kernel('OnesLike', ({ x }, _attributes, backend) => filled(x.shape, 1, x.dtype, backend)),
    kernel('Range', (_inputs, { start, stop, step, dtype }, backend) => {
      const values = rangeOf(start as number, stop as number, step as number);
      const type = (dtype as tf.DataType | undefined) ?? 'float32';
      return {
        dataId: backend.write(Float32Array.from(values), [values.length], type),
        shape: [values.length],
        dtype: type,
      };
    }),
  ];
}

function rangeOf(start: number, stop: number, step: number): number[] {
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return Array.from({ length }, (_, i) => start + i * step);
}
