/** @file The onednn engine's fused batch normalisation as kernels with a gradient. */
import * as tf from '@tensorflow/tfjs-core';
import type { AllSum, BatchNormParameters, ResolvedBatchNormOptions } from '../ops/batch-norm.js';
import type { OnednnBackend } from './backend.js';
import { kernel } from './kernels/kernel.js';

const NORMALIZE = 'EncodergymNormalize';
const NORMALIZE_GRADIENT = 'EncodergymNormalizeGradient';

interface NormalizeAttributes {
  groups: number;
  relu: boolean;
  training: boolean;
  hasResidual: boolean;
  /** Rows a group, over all processes. */
  rows: number;
  allSum?: AllSum;
}

/** TensorFlow.js passes attributes on as they are; its type does not know functions. */
const packed = (attributes: NormalizeAttributes) => attributes as unknown as tf.NamedAttrMap;
const unpacked = (attributes: object | undefined) => attributes as NormalizeAttributes;

/** Batch normalisation by the native kernels; see `batchNorm`. */
export function onednnBatchNorm(
  backend: OnednnBackend,
  x: tf.Tensor,
  p: BatchNormParameters,
  o: ResolvedBatchNormOptions,
): tf.Tensor {
  const channels = x.shape[x.shape.length - 1];
  const shape = [o.groups, channels];
  return tf.tidy(() => {
    const { mean, invStd, rows } = o.training
      ? batchStatistics(backend, x, p, o, shape)
      : {
          mean: tf.reshape(p.runningMean, shape),
          invStd: tf.reshape(tf.rsqrt(tf.add(p.runningVariance, o.epsilon)), shape),
          rows: x.size / channels,
        };
    const inputs: tf.NamedTensorMap = { x, gamma: p.gamma, beta: p.beta, mean, invStd };
    if (o.residual !== undefined) inputs.residual = o.residual;
    const { groups, relu, training, allSum } = o;
    const attributes = packed({
      groups,
      relu,
      training,
      rows,
      allSum,
      hasResidual: o.residual !== undefined,
    });
    return tf.engine().runKernel<tf.Tensor>(NORMALIZE, inputs, attributes);
  });
}

/** The batch's statistics, as constants for the tape; their dependence on x is in the kernel's gradient. */
function batchStatistics(
  backend: OnednnBackend,
  x: tf.Tensor,
  p: BatchNormParameters,
  o: ResolvedBatchNormOptions,
  shape: number[],
): { mean: tf.Tensor; invStd: tf.Tensor; rows: number } {
  const [groups, channels] = shape;
  const mean = backend.output(shape, 'float32');
  const invStd = backend.output(shape, 'float32');
  // The last number is the count of rows, which processes may have different ones of.
  const sums = new Float64Array(groups * 2 * channels + 1);
  backend.native.batchSums(backend.handleOf(x), sums, groups, channels);
  sums[sums.length - 1] = x.size / channels / groups;
  o.allSum?.(sums);
  const rows = sums[sums.length - 1];
  backend.native.batchStatistics(
    sums,
    rows,
    backend.handleOf(mean),
    backend.handleOf(invStd),
    backend.handleForUpdate(p.runningMean),
    backend.handleForUpdate(p.runningVariance),
    groups,
    channels,
    o.epsilon,
    o.momentum,
  );
  const [meanTensor, invStdTensor] = [mean, invStd].map((info) => tf.engine().makeTensorFromTensorInfo(info));
  return { mean: meanTensor, invStd: invStdTensor, rows };
}

function handles(backend: OnednnBackend, ...tensors: (tf.TensorInfo | undefined)[]): Int32Array {
  return backend.handlesOf(tensors.filter((tensor) => tensor !== undefined));
}

/** The kernels and the gradient, to be registered with the engine. */
export function batchNormKernels(): { kernels: tf.KernelConfig[]; gradients: tf.GradConfig[] } {
  const forward = kernel(NORMALIZE, ({ x, gamma, beta, mean, invStd, residual }, attributes, backend) => {
    const { groups, relu } = unpacked(attributes);
    const y = backend.output(x.shape, 'float32');
    const [input, g, b, m, s] = [x, gamma, beta, mean, invStd].map((tensor) => backend.handleOf(tensor));
    const add = handles(backend, residual);
    const channels = x.shape[x.shape.length - 1];
    backend.native.normalize(input, g, b, m, s, add, backend.handleOf(y), groups, channels, relu);
    return y;
  });
  const backward = kernel(
    NORMALIZE_GRADIENT,
    ({ dy, x, y, gamma, beta, mean, invStd }, attributes, backend) => {
      const { groups, relu, training, rows, allSum } = unpacked(attributes);
      const channels = x.shape[x.shape.length - 1];
      const dx = backend.output(x.shape, 'float32');
      const dgamma = backend.output([channels], 'float32');
      const dbeta = backend.output([channels], 'float32');
      const output = y as tf.TensorInfo | undefined;
      const dresidual = output === undefined ? undefined : backend.output(x.shape, 'float32');
      const [d, input, g, b, m, s] = [dy, x, gamma, beta, mean, invStd].map((tensor) =>
        backend.handleOf(tensor),
      );
      const [toX, toGamma, toBeta] = [dx, dgamma, dbeta].map((tensor) => backend.handleOf(tensor));
      const sums = new Float64Array(groups * 2 * channels);
      backend.native.normalizeGradientSums(
        d,
        input,
        handles(backend, output),
        g,
        b,
        m,
        s,
        toGamma,
        toBeta,
        handles(backend, dresidual),
        sums,
        groups,
        channels,
        relu,
      );
      if (training) allSum?.(sums);
      const [gradient, masked] = dresidual === undefined ? [d, relu] : [backend.handleOf(dresidual), false];
      backend.native.normalizeGradientInput(
        gradient,
        input,
        g,
        b,
        m,
        s,
        toX,
        sums,
        rows,
        groups,
        channels,
        masked,
        training,
      );
      return dresidual === undefined ? [dx, dgamma, dbeta] : [dx, dgamma, dbeta, dresidual];
    },
  );
  const gradient: tf.GradConfig = {
    kernelName: NORMALIZE,
    inputsToSave: ['x', 'gamma', 'beta', 'mean', 'invStd'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, gamma, beta, mean, invStd, y] = saved;
      const inputs: tf.NamedTensorMap = { dy: dy as tf.Tensor, x, gamma, beta, mean, invStd };
      // Without a residual the mask comes from x; with one it needs y, and the residual gets a gradient of its own.
      const { hasResidual } = unpacked(attributes);
      if (hasResidual) inputs.y = y;
      const grads = tf.engine().runKernel<tf.Tensor[]>(NORMALIZE_GRADIENT, inputs, attributes);
      return {
        x: () => grads[0],
        gamma: () => grads[1],
        beta: () => grads[2],
        mean: () => tf.zerosLike(mean),
        invStd: () => tf.zerosLike(invStd),
        ...(hasResidual ? { residual: () => grads[3] } : {}),
      };
    },
  };
  return { kernels: [forward, backward], gradients: [gradient] };
}
