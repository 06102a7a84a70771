/** @file Self-supervised pretraining: the run as a whole, and its parts for other commands. */
export { resolveConfig } from './config.js';
export { newestPretraining, type PretrainedRun } from './find.js';
export { pretrain, summaryTable, type PretrainRequest, type PretrainSummary } from './pretrain.js';
export { OPTIONS, type PretrainConfig } from './options.js';
export { Learner, type LearnerConfig } from './learner.js';
export { METHODS, vicregLoss, vicregWork } from './methods/index.js';
export { rankMe } from './evaluation/collapse.js';
export {
  measureRanks,
  measureShape,
  measureSteps,
  median,
  type RankSeconds,
  type SpeedOptions,
  type StepShape,
} from './speed.js';
