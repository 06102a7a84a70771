/** @file Matrix products, convolutions and pooling. */
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../../errors.js';
import type { OnednnBackend } from '../backend.js';
import type { NativeAddon } from '../native.js';
import { binary } from './elementwise.js';
import { kernel, unsupported, using, type Attributes } from './kernel.js';

function multiplied(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  backend: OnednnBackend,
): tf.TensorInfo {
  const rankA = a.shape.length;
  const rankB = b.shape.length;
  const [m, k] = transposeA
    ? [a.shape[rankA - 1], a.shape[rankA - 2]]
    : [a.shape[rankA - 2], a.shape[rankA - 1]];
  const [inner, n] = transposeB
    ? [b.shape[rankB - 1], b.shape[rankB - 2]]
    : [b.shape[rankB - 2], b.shape[rankB - 1]];
  if (k !== inner) throw new UserError(`matMul: expected equal inner dimensions, got ${k} and ${inner}.`);
  if (a.dtype !== 'float32' || b.dtype !== 'float32') throw unsupported('BatchMatMul', 'integer matrices');
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const [batchA, batchB, batch] = [outerA, outerB, outer].map(tf.util.sizeFromShape);
  if ((batchA !== 1 && batchA !== batch) || (batchB !== 1 && batchB !== batch)) {
    throw unsupported('BatchMatMul', `batches of shapes [${outerA.join()}] and [${outerB.join()}]`);
  }
  const out = backend.output([...outer, m, n], 'float32');
  if (batch * m * n === 0) return out;
  if (k === 0) {
    backend.native.fillFloats(backend.handleOf(out), 0);
    return out;
  }
  const dims = Int32Array.of(batch, m, n, k, batchA === 1 ? 0 : m * k, batchB === 1 ? 0 : k * n);
  backend.native.batchMatMul(
    backend.handleOf(a),
    backend.handleOf(b),
    backend.handleOf(out),
    dims,
    transposeA,
    transposeB,
  );
  return out;
}

/** Adds a bias and applies an activation to `x`, which is consumed. */
function finished(
  x: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
  attributes: Attributes,
  backend: OnednnBackend,
): tf.TensorInfo {
  const biased = bias === undefined ? x : using(backend, x, () => binary('Add', x, bias, backend));
  const activation = (attributes.activation as string | undefined) ?? 'linear';
  if (activation === 'linear') return biased;
  const names: Record<string, string> = {
    relu: 'Relu',
    relu6: 'Relu6',
    elu: 'Elu',
    sigmoid: 'Sigmoid',
    leakyrelu: 'LeakyRelu',
  };
  const name = names[activation];
  if (name === undefined) throw unsupported('a fused kernel', `the activation ${activation}`);
  return using(backend, biased, () => {
    const op = backend.native.unaryNames().split(',').indexOf(name);
    const y = backend.output(biased.shape, 'float32');
    const alpha = (attributes.leakyreluAlpha as number | undefined) ?? 0;
    backend.native.unary(op, backend.handleOf(biased), backend.handleOf(y), alpha, 0);
    return y;
  });
}

type Shape4 = [number, number, number, number];

function convInfo(
  name: string,
  x: number[],
  filter: number[],
  attributes: Attributes,
): tf.backend_util.Conv2DInfo {
  if (((attributes.dataFormat as string | undefined) ?? 'NHWC') !== 'NHWC')
    throw unsupported(name, 'the NCHW layout');
  const info = tf.backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    attributes.strides as number | [number, number],
    (attributes.dilations as number | [number, number] | undefined) ?? 1,
    attributes.pad as 'valid' | 'same' | number,
    attributes.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
  );
  if (x[3] !== filter[2])
    throw unsupported(name, `${x[3]} input channels with a filter of ${filter[2]} (grouped convolution)`);
  return info;
}

function convShape(i: tf.backend_util.Conv2DInfo): Int32Array {
  const window = [
    i.filterHeight,
    i.filterWidth,
    i.outChannels,
    i.strideHeight,
    i.strideWidth,
    i.padInfo.top,
    i.padInfo.left,
  ];
  return Int32Array.of(
    i.batchSize,
    i.inHeight,
    i.inWidth,
    i.inChannels,
    ...window,
    i.dilationHeight,
    i.dilationWidth,
    i.outHeight,
    i.outWidth,
  );
}

function convolved(
  name: string,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  attributes: Attributes,
  backend: OnednnBackend,
): tf.TensorInfo {
  const info = convInfo(name, x.shape, filter.shape, attributes);
  const y = backend.output(info.outShape, 'float32');
  backend.native.convForward(
    backend.handleOf(x),
    backend.handleOf(filter),
    backend.handleOf(y),
    convShape(info),
  );
  return y;
}

function poolInfo(x: tf.TensorInfo, attributes: Attributes): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computePool2DInfo(
    x.shape as Shape4,
    attributes.filterSize as number | [number, number],
    attributes.strides as number | [number, number],
    1,
    attributes.pad as 'valid' | 'same' | number,
    attributes.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
  );
}

function poolShape(i: tf.backend_util.Conv2DInfo): Int32Array {
  const window = [
    i.filterHeight,
    i.filterWidth,
    i.strideHeight,
    i.strideWidth,
    i.padInfo.top,
    i.padInfo.left,
  ];
  return Int32Array.of(
    i.batchSize,
    i.inHeight,
    i.inWidth,
    i.inChannels,
    ...window,
    i.dilationHeight,
    i.dilationWidth,
    i.outHeight,
    i.outWidth,
  );
}

/** All kernels of this file. */
export function linearKernels(native: NativeAddon): tf.KernelConfig[] {
  return [
    kernel('BatchMatMul', ({ a, b }, { transposeA, transposeB }, backend) =>
      multiplied(a, b, transposeA === true, transposeB === true, backend),
    ),
    kernel('_FusedMatMul', ({ a, b, bias, preluActivationWeights }, attributes, backend) => {
      if (preluActivationWeights !== undefined) throw unsupported('_FusedMatMul', 'PReLU');
      const product = multiplied(
        a,
        b,
        attributes.transposeA === true,
        attributes.transposeB === true,
        backend,
      );
      return finished(product, bias, attributes, backend);
    }),
    kernel('Conv2D', ({ x, filter }, attributes, backend) =>
      convolved('Conv2D', x, filter, attributes, backend),
    ),
    kernel('FusedConv2D', ({ x, filter, bias, preluActivationWeights }, attributes, backend) => {
      if (preluActivationWeights !== undefined) throw unsupported('FusedConv2D', 'PReLU');
      return finished(convolved('FusedConv2D', x, filter, attributes, backend), bias, attributes, backend);
    }),
    kernel('Conv2DBackpropInput', ({ dy, filter }, attributes, backend) => {
      const shape = attributes.inputShape as number[];
      const info = convInfo('Conv2DBackpropInput', shape, filter.shape, attributes);
      const dx = backend.output(shape, 'float32');
      native.convBackwardData(
        backend.handleOf(dy),
        backend.handleOf(filter),
        backend.handleOf(dx),
        convShape(info),
      );
      return dx;
    }),
    kernel('Conv2DBackpropFilter', ({ x, dy }, attributes, backend) => {
      const shape = attributes.filterShape as number[];
      const info = convInfo('Conv2DBackpropFilter', x.shape, shape, attributes);
      const dw = backend.output(shape, 'float32');
      native.convBackwardFilter(
        backend.handleOf(x),
        backend.handleOf(dy),
        backend.handleOf(dw),
        convShape(info),
      );
      return dw;
    }),
    kernel('MaxPool', ({ x }, attributes, backend) => {
      const info = poolInfo(x, attributes);
      const y = backend.output(info.outShape, 'float32');
      native.maxPool(backend.handleOf(x), backend.handleOf(y), poolShape(info));
      return y;
    }),
    kernel('MaxPoolGrad', ({ dy, input, output }, attributes, backend) => {
      const info = poolInfo(input, attributes);
      const dx = backend.output(input.shape, 'float32');
      const [g, x, y] = [dy, input, output].map((tensor) => backend.handleOf(tensor));
      native.maxPoolGradient(g, x, y, backend.handleOf(dx), poolShape(info));
      return dx;
    }),
    kernel('AvgPool', ({ x }, attributes, backend) => {
      const info = poolInfo(x, attributes);
      const y = backend.output(info.outShape, 'float32');
      native.averagePool(backend.handleOf(x), backend.handleOf(y), poolShape(info));
      return y;
    }),
    kernel('AvgPoolGrad', ({ dy, input }, attributes, backend) => {
      const info = poolInfo(input, attributes);
      const dx = backend.output(input.shape, 'float32');
      native.averagePoolGradient(backend.handleOf(dy), backend.handleOf(dx), poolShape(info));
      return dx;
    }),
  ];
}
