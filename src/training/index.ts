/** @file What all training commands share: session, loop, gradients. */
export { diverged, gradientsOf, prefixed, readScalar } from './gradients.js';
export { SESSION_OPTIONS, type SessionConfig } from './options.js';
export { enterRun, restartOf, shareOfHost, startSession } from './session.js';
export {
  Trainer,
  type Ending,
  type EvaluationReport,
  type StepReport,
  type TrainerConfig,
  type TrainingBatch,
  type TrainingResult,
  type TrainingTask,
} from './trainer.js';
