/** @file What training sees, for people to look at: images and their views side by side. */
import { createCanvas } from '@napi-rs/canvas';
import { Augmenter, resolvePreset, type Normalization, type Preset, type Range } from './augment/index.js';
import type { ImageSet } from './types.js';

const [COLUMNS, ROWS] = [4, 6];
/** Shown pixels: small images are enlarged to about this. */
const SIDE = 96;
const GAP = 4;

/**
 * A PNG of some images of a set, each followed by its views in epoch 0.
 * @param seed as given to the loader: these are the views that training begins with
 */
export function contactSheet(
  set: ImageSet,
  options: Normalization & { preset: string | Preset; cropScale?: Range; seed: number },
): Buffer {
  const { preset, cropScale, seed, mean, std } = options;
  const [height, width] = set.size;
  const resolved = resolvePreset(preset, cropScale);
  const places = 1 + resolved.length;
  const augmenter = new Augmenter(resolved, set.size, set.size, { mean, std });
  const scale = Math.max(1, Math.round(SIDE / Math.max(height, width)));
  const cell = { width: width * scale + GAP, height: height * scale + GAP };
  const sheet = createCanvas(COLUMNS * (places * cell.width + 3 * GAP) - 2 * GAP, ROWS * cell.height + GAP);
  const context = sheet.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.imageSmoothingEnabled = false;
  const small = createCanvas(width, height);
  const pixels = small.getContext('2d').createImageData(width, height);
  const view = new Float32Array(height * width * 3);
  const show = (column: number, row: number, place: number, byteAt: (i: number) => number) => {
    for (let i = 0; i < height * width; i++) {
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = byteAt(3 * i + c);
      pixels.data[4 * i + 3] = 255;
    }
    small.getContext('2d').putImageData(pixels, 0, 0);
    const x = column * (places * cell.width + 3 * GAP) + place * cell.width + GAP;
    context.drawImage(small, x, row * cell.height + GAP, width * scale, height * scale);
  };
  const shown = Math.min(COLUMNS * ROWS, set.count);
  for (let index = 0; index < shown; index++) {
    const [column, row] = [index % COLUMNS, Math.floor(index / COLUMNS)];
    const start = index * height * width * 3;
    show(column, row, 0, (i) => set.images[start + i]);
    for (const which of resolved.keys()) {
      augmenter.render(set.images, index, which, [seed, 0], view, 0);
      show(column, row, 1 + which, (i) => Math.round(255 * (view[i] * std[i % 3] + mean[i % 3])));
    }
  }
  return sheet.toBuffer('image/png');
}
