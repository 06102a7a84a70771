/** @file The space of flattened values. */
import { Box } from './box.js';
import type { Space } from './space.js';

/** The box that holds `space.flatten(value)` of all values. */
export function flattenSpace(space: Space): Box {
  const [low, high] = [new Float32Array(space.flatSize), new Float32Array(space.flatSize)];
  space.flatBoundsInto(low, high, 0);
  return new Box({ low, high });
}
