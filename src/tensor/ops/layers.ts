/** @file Layers as PyTorch defines them, on TensorFlow.js's ops: numeric padding, NHWC. */
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../errors.js';
import { activeOnednn } from '../onednn/index.js';

/**
 * Convolution with symmetric zero padding of `pad` pixels. (TensorFlow's 'same' is asymmetric at stride 2.)
 * @param x [N, H, W, C]
 * @param filter [kH, kW, C, K]
 */
export function conv2d(x: tf.Tensor4D, filter: tf.Tensor4D, stride: number, pad: number): tf.Tensor4D {
  return tf.conv2d(x, filter, stride, pad, 'NHWC', 1, 'floor');
}

/**
 * Max pooling; pixels outside the image never win.
 * @param x [N, H, W, C]
 */
export function maxPool(x: tf.Tensor4D, size: number, stride: number, pad: number): tf.Tensor4D {
  return tf.maxPool(x, size, stride, pad, 'floor');
}

/**
 * The mean over all pixels.
 * @param x [N, H, W, C]
 * @returns [N, C]
 */
export function globalAveragePool(x: tf.Tensor4D): tf.Tensor2D {
  return tf.mean(x, [1, 2]);
}

/**
 * The means over each of grid x grid equal fields: what `globalAveragePool` is for the whole, and where it was.
 * @param x [N, H, W, C]
 * @returns [N, grid * grid * C], fields row by row
 * @throws UserError when the grid does not divide height and width.
 */
export function averagePoolGrid(x: tf.Tensor4D, grid: number): tf.Tensor2D {
  const [n, height, width, channels] = x.shape;
  if (height % grid !== 0 || width % grid !== 0) {
    throw new UserError(
      `Activations of ${height}x${width} cannot be cut into a grid of ${grid}x${grid}: expected a divisor of both.`,
    );
  }
  const field: [number, number] = [height / grid, width / grid];
  return tf.reshape(tf.avgPool(x, field, field, 'valid'), [n, grid * grid * channels]);
}

/**
 * Mean cross-entropy of softmax(logits) with integer labels; differentiable in the logits.
 * @param logits [N, classes]
 * @param labels [N] int32, in [0, classes)
 * @throws UserError when the labels are not N integers.
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const [rows, classes] = logits.shape;
  if (labels.dtype !== 'int32' || labels.size !== rows) {
    throw new UserError(`Expected ${rows} int32 labels, got ${labels.size} of ${labels.dtype}.`);
  }
  const compute = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const x = inputs[0] as tf.Tensor2D;
    const save = inputs[1] as tf.GradSaveFunc;
    save([x]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      crossEntropyGradient(saved[0] as tf.Tensor2D, labels, dy);
    return { value: crossEntropyLoss(x, labels, classes), gradFunc };
  });
  return compute(logits);
}

function crossEntropyLoss(logits: tf.Tensor2D, labels: tf.Tensor1D, classes: number): tf.Scalar {
  const backend = activeOnednn();
  if (backend === undefined) {
    const chosen = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(labels, classes)), 1);
    return tf.neg(tf.mean(chosen)) as tf.Scalar;
  }
  const losses = backend.output(labels.shape, 'float32');
  backend.native.crossEntropy(
    backend.handleOf(logits),
    backend.handleOf(labels),
    backend.handleOf(losses),
    classes,
  );
  return tf.mean(tf.engine().makeTensorFromTensorInfo(losses));
}

function crossEntropyGradient(logits: tf.Tensor2D, labels: tf.Tensor1D, dy: tf.Tensor): tf.Tensor {
  const [rows, classes] = logits.shape;
  const backend = activeOnednn();
  if (backend === undefined) {
    return tf.tidy(() => tf.mul(tf.sub(tf.softmax(logits), tf.oneHot(labels, classes)), tf.div(dy, rows)));
  }
  const out = backend.output(logits.shape, 'float32');
  const [x, y, d] = [logits, labels, dy].map((tensor) => backend.handleOf(tensor));
  backend.native.crossEntropyGradient(x, y, d, backend.handleOf(out), classes);
  return tf.engine().makeTensorFromTensorInfo(out);
}
