/** @file The onednn engine's fused batch normalisation as kernels with a gradient. */
import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormParameters, ResolvedBatchNormOptions } from '../ops/batch-norm.js';
import type { OnednnBackend } from './backend.js';
import { kernel } from './kernels/kernel.js';

const NORMALIZE = 'EncodergymNormalize';
const NORMALIZE_GRADIENT = 'EncodergymNormalizeGradient';

interface NormalizeAttributes extends tf.NamedAttrMap {
  groups: number;
  relu: boolean;
  training: boolean;
  hasResidual: boolean;
}

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
    const [mean, invStd] = o.training
      ? batchStatistics(backend, x, p, o, shape)
      : [tf.reshape(p.runningMean, shape), tf.reshape(tf.rsqrt(tf.add(p.runningVariance, o.epsilon)), shape)];
    const inputs: tf.NamedTensorMap = { x, gamma: p.gamma, beta: p.beta, mean, invStd };
    if (o.residual !== undefined) inputs.residual = o.residual;
    const { groups, relu, training } = o;
    const attributes: NormalizeAttributes = { groups, relu, training, hasResidual: o.residual !== undefined };
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
): [tf.Tensor, tf.Tensor] {
  const mean = backend.output(shape, 'float32');
  const invStd = backend.output(shape, 'float32');
  backend.native.batchStatistics(
    backend.handleOf(x),
    backend.handleOf(mean),
    backend.handleOf(invStd),
    backend.handleForUpdate(p.runningMean),
    backend.handleForUpdate(p.runningVariance),
    o.groups,
    shape[1],
    o.epsilon,
    o.momentum,
  );
  return [tf.engine().makeTensorFromTensorInfo(mean), tf.engine().makeTensorFromTensorInfo(invStd)];
}

function handles(backend: OnednnBackend, ...tensors: (tf.TensorInfo | undefined)[]): Int32Array {
  return backend.handlesOf(tensors.filter((tensor) => tensor !== undefined));
}

/** The kernels and the gradient, to be registered with the engine. */
export function batchNormKernels(): { kernels: tf.KernelConfig[]; gradients: tf.GradConfig[] } {
  const forward = kernel(NORMALIZE, ({ x, gamma, beta, mean, invStd, residual }, attributes, backend) => {
    const { groups, relu } = attributes as NormalizeAttributes;
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
      const { groups, relu, training } = attributes as NormalizeAttributes;
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
      backend.native.normalizeGradient(
        d,
        input,
        handles(backend, output),
        g,
        b,
        m,
        s,
        toX,
        toGamma,
        toBeta,
        handles(backend, dresidual),
        groups,
        channels,
        relu,
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
      const { hasResidual } = attributes as NormalizeAttributes;
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
