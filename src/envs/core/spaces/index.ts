/** @file Spaces of observations and actions. */
export { Box, type BoxArray, type BoxDtype, type BoxOptions } from './box.js';
export { Discrete } from './discrete.js';
export { Space } from './space.js';
