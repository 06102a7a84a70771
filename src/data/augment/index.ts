/** @file Augmentations: transforms, what is drawn, presets by name. */
export { Augmenter } from './augmenter.js';
export { normalizationTable, normalizeImages, type Normalization } from './normalize.js';
export { AUGMENTATIONS, PAIR_AUGMENTATIONS, resolvePreset, type Preset, type Range, type ViewAugmentation } from './presets.js';
