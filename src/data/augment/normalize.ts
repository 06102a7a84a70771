/** @file From bytes to the floats a network sees: `(value / 255 - mean) / std` in 32-bit floats, as torchvision. */
import type { Channels, ImageSet } from '../types.js';

const { fround } = Math;

/** Mean and standard deviation of each channel, of pixels in [0, 1]. */
export interface Normalization {
  readonly mean: Channels;
  readonly std: Channels;
}

/** [3, 256]: what each byte becomes in each channel. */
export function normalizationTable({ mean, std }: Normalization): Float32Array {
  return Float32Array.from({ length: 3 * 256 }, (_, i) => {
    const channel = i >> 8;
    return fround(fround((i & 255) / 255) - fround(mean[channel])) / fround(std[channel]);
  });
}

/** Images `indices` of a set as they are, normalised: [indices.length, height, width, 3]. */
export function normalizeImages(
  set: ImageSet,
  indices: ArrayLike<number>,
  normalization: Normalization,
): Float32Array {
  const table = normalizationTable(normalization);
  const bytes = set.size[0] * set.size[1] * 3;
  const out = new Float32Array(indices.length * bytes);
  for (let n = 0, to = 0; n < indices.length; n++) {
    const end = (indices[n] + 1) * bytes;
    for (let from = end - bytes; from < end; from += 3, to += 3) {
      out[to] = table[set.images[from]];
      out[to + 1] = table[256 + set.images[from + 1]];
      out[to + 2] = table[512 + set.images[from + 2]];
    }
  }
  return out;
}
