/** @file Values of a tensor at once, where they decide what happens next. */
import type * as tf from '@tensorflow/tfjs-core';

/** The values of a float tensor, read synchronously: for loops that act on every result, such as an agent's steps. */
export function readFloats(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync<'float32'>();
}
