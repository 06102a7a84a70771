/** @file Data sets, augmentations, and the loader of batches of views. */
export { DATASET_NAMES, loadDataset } from './load.js';
export type { Channels, DataProgress, DataSplits, ImageSet, LoadOptions } from './types.js';
