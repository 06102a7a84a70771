/** @file What runs come to, as summary.json has it and reports read it. */

/** Of pretraining; accuracies are fractions, undefined when they were not measured. */
export interface PretrainResults {
  steps: number;
  seconds: number;
  knnPixels?: number;
  /** Before the first step. */
  knnRandom?: number;
  knn?: number;
  probe?: number;
  rankMe?: number;
}
