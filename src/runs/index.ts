/** @file A run on disk: its folder, settings, checkpoints and metrics. */
export { checkpointFiles, restoreCheckpoint, saveCheckpoint, type Progress } from './checkpoint.js';
export { addCost, readCost, type Cost } from './cost.js';
export { MetricsLog, readMetrics, type Metrics, type MetricsRecord } from './metrics.js';
export { exportToMlflow, type MlflowTarget } from './mlflow.js';
export {
  flag,
  integer,
  number,
  operational,
  optional,
  optionFlag,
  range,
  readConfigFile,
  resolveOptions,
  resumedOptions,
  text,
  type ConfigOf,
  type GivenOptions,
  type OptionSpec,
  type OptionTable,
} from './options.js';
export type { PretrainResults } from './results.js';
export { Run, type RunDescription } from './run.js';
