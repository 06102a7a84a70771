/** @file What encoders are worth: protocols on frozen and on trained encoders. */
export { Classifier, type ClassifierInfo } from './classifier.js';
export { knnAccuracy, nearestNeighbours, type KnnOptions, type LabelledFeatures } from './knn.js';
export { accuracyOf } from './metrics.js';
export { evaluateEncoders, type EvaluateRequest, type EvaluateSummary } from './evaluate.js';
export { CLASSIFY_OPTIONS, readLists, type ClassifyConfig } from './options.js';
export { embed } from './embed.js';
export type { Pretraining, Recipe } from './sources.js';
export type { PretrainOrder } from './team.js';
export { fitFrozen } from './protocols.js';
export { resultTable } from './tables.js';
