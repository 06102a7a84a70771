/** @file Making image sets: shared memory, parts of a set without copying, statistics of the channels. */
import type { Channels, ImageSet } from './types.js';

/** Zeroed pixels for `count` RGB images, on a SharedArrayBuffer. */
export function allocateImages(count: number, [height, width]: readonly [number, number]): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(count * height * width * 3));
}

/** An image set over `images` [count, height, width, 3] and `labels` [count]. */
export function imageSet(
  name: string,
  classes: string[],
  size: [number, number],
  images: Uint8Array,
  labels: Int32Array,
): ImageSet {
  return { name, classes, size, channels: 3, images, labels, count: labels.length };
}

/** Images `start` to `end` (excluded) of a set; the pixels stay where they are. */
export function sliceSet(set: ImageSet, start: number, end: number): ImageSet {
  const bytes = set.size[0] * set.size[1] * 3;
  const { name, classes, size, images, labels } = set;
  return imageSet(
    name,
    classes,
    size,
    images.subarray(start * bytes, end * bytes),
    labels.subarray(start, end),
  );
}

/** Some images of a set, or all in another order: image i of the result is image `order[i]`. */
export function selectImages(set: ImageSet, order: Int32Array): ImageSet {
  const bytes = set.size[0] * set.size[1] * 3;
  const images = allocateImages(order.length, set.size);
  order.forEach((from, to) => images.set(set.images.subarray(from * bytes, (from + 1) * bytes), to * bytes));
  const labels = Int32Array.from(order, (from) => set.labels[from]);
  return imageSet(set.name, set.classes, set.size, images, labels);
}

/** Mean and standard deviation of each channel over all pixels, for pixels in [0, 1]; a flat channel has std 1. */
export function channelStatistics({ images }: ImageSet): { mean: Channels; std: Channels } {
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  for (let i = 0; i < images.length; i += 3) {
    for (let c = 0; c < 3; c++) {
      const value = images[i + c];
      sums[c] += value;
      squares[c] += value * value;
    }
  }
  // Sums of bytes and of their squares are exact in doubles, so the order of the images does not matter.
  const pixels = images.length / 3;
  const mean = sums.map((sum) => sum / pixels);
  const std = squares.map((square, c) => Math.sqrt(Math.max(0, square / pixels - mean[c] ** 2)) / 255 || 1);
  return { mean: mean.map((value) => value / 255) as Channels, std: std as Channels };
}
