/** @file A tensor's numbers for native code that is not the engine's. */
import * as tf from '@tensorflow/tfjs-core';
import { activeOnednn } from './onednn/index.js';

/**
 * Where the float32 numbers of a tensor are in memory, valid while it lives and free to be changed in place; undefined
 * on engines that do not say, and for numbers that other tensors share.
 */
export function floatsOf(tensor: tf.Tensor): { address: number; length: number } | undefined {
  const backend = activeOnednn();
  if (backend === undefined || tensor.dtype !== 'float32') return undefined;
  if (backend.refCount(tensor.dataId) > 1) return undefined;
  return { address: backend.native.address(backend.handleOf(tensor)), length: tensor.size };
}
