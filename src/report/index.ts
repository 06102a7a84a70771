/** @file What runs came to: statistics, curves. */
export { armCurves, armTable, summariseArms, type ArmRun, type ArmSummary } from './arms.js';
export { drawCurves, type Curve } from './curves.js';
export {
  compareArms,
  estimate,
  interquartileMean,
  mean,
  medianOfMeans,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  type BootstrapOptions,
  type Estimate,
  type Scores,
} from './statistics.js';
