/** @file What encoders are worth: protocols on frozen and on trained encoders. */
export { knnAccuracy, type KnnOptions, type LabelledFeatures } from './knn.js';
