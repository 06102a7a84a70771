/** @file Optimizers and schedules. */
export { GroupedOptimizer, type ParameterGroup } from './groups.js';
export { type Gradients, type Optimizer } from './optimizer.js';
export { Adam, createOptimizer, Lars, OPTIMIZERS, Sgd, type OptimizerOptions } from './optimizers.js';
export { warmupCosine, type WarmupCosineOptions } from './schedules.js';
