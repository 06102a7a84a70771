/** @file What runs came to: statistics, curves, pictures. */
export { armCurves, armProfile, armTable, summariseArms, type ArmRun, type ArmSummary } from './arms.js';
export { drawCurves, type Curve, type CurveLabels } from './curves.js';
export {
  compareArms,
  estimate,
  interquartileMean,
  mannWhitney,
  mean,
  medianOfMeans,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  type BootstrapOptions,
  type Estimate,
  type Scores,
} from './statistics.js';
export {
  bootstrapMeanInterval,
  mcNemar,
  meanAndDeviation,
  wilsonInterval,
  type Interval,
} from './accuracy.js';
export { writeComparisonReport, type ComparisonReport } from './comparison/index.js';
export type { ClassificationRow } from './comparison/load.js';
export { drawConfusion } from './confusion.js';
export { drawIntervals, type IntervalGroup } from './intervals.js';
export { drawMap, type MapPoint } from './map.js';
export { drawNeighbours, type NeighbourRow } from './neighbours.js';
export { svgToPng, writePicture } from './svg.js';
export { formatTable } from './table.js';
