/** @file Spaces of observations and actions. */
export { ArraySpace, isArraySpace } from './array-space.js';
export { Box, isBox, type BoxArray, type BoxDtype, type BoxOptions } from './box.js';
export { Dict } from './dict.js';
export { Discrete } from './discrete.js';
export { flattenSpace } from './flatten.js';
export { MultiBinary } from './multi-binary.js';
export { MultiDiscrete } from './multi-discrete.js';
export { seededGenerator, Space, unseededGenerator, type BatchOf, type ValueOf } from './space.js';
export { Tuple } from './tuple.js';
