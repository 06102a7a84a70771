/** @file Features whose classes overlap: Gaussian clouds, each dimension on a scale of its own. */
import type { LabelledFeatures } from '../../src/classify/index.js';
import { Generator } from '../../src/random/index.js';

/** `count` features of `dim` dimensions; the clouds' middles are the same for every seed. */
export function clouds(
  seed: number,
  count: number,
  dim: number,
  classes: number,
  noise: number,
): LabelledFeatures {
  const middles = new Generator(99).fillNormal(new Float64Array(classes * dim));
  const rng = new Generator(seed);
  const labels = Int32Array.from({ length: count }, () => rng.integers(0, classes));
  const features = Float32Array.from({ length: count * dim }, (_, i) => {
    const [row, column] = [Math.floor(i / dim), i % dim];
    const value = middles[labels[row] * dim + column] + noise * rng.normal();
    return 5 + value * 4 ** ((column % 5) - 2);
  });
  return { features, labels, count };
}
