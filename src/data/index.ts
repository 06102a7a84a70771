/** @file Data sets, augmentations, and the loader of batches of views. */
export { AUGMENTATIONS, Augmenter, PAIR_AUGMENTATIONS, normalizeImages, type Preset } from './augment/index.js';
export { FRAMES_PREFIX } from './datasets/index.js';
export { contactSheet } from './contact-sheet.js';
export { DATASET_NAMES, loadDataset } from './load.js';
export { ViewLoader, checkBatchSize, type ViewBatch, type ViewLoaderOptions } from './loader.js';
export { selectImages } from './image-set.js';
export { stratifiedIndices } from './splits.js';
export { measureAugmentation } from './speed.js';
export type { Channels, DataSplits, ImageSet, LoadOptions } from './types.js';
