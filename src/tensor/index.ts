/** @file The only door to TensorFlow.js: the engine, plain ops as `tf`, and the fused ops of training. */
import './gradients.js';

export * as tf from '@tensorflow/tfjs-core';
export { listEngines, requireSynchronousReads, useEngine, ENGINE_NAMES, type EngineInfo } from './engine.js';
export { floatsOf } from './memory.js';
export { batchNorm, type AllSum, type BatchNormOptions, type BatchNormParameters } from './ops/batch-norm.js';
export { averagePoolGrid, conv2d, globalAveragePool, maxPool, softmaxCrossEntropy } from './ops/layers.js';
export { LinearHeads, type LinearHeadsStep } from './ops/linear-heads.js';
export { NearestRows } from './ops/nearest.js';
export { readFloats } from './ops/read.js';
export {
  adamUpdate,
  emaUpdate,
  globalNorm,
  larsUpdate,
  sgdUpdate,
  type AdamOptions,
  type LarsOptions,
  type SgdOptions,
} from './ops/updates.js';
