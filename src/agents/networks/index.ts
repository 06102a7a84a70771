/** @file Small networks, fast: weights, gradients and Adam without TensorFlow.js. */
export { linearInit, orthogonalInit, type Initialise } from './initialise.js';
export { Mlp, type MlpOptions } from './mlp.js';
export { Optimizer, type AdamStep, type Trainable } from './trainable.js';
export { TrainableModule } from './trainable-module.js';
