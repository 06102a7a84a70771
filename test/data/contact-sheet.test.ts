/** @file The sheet's pixels are the images' and the augmenter's. */
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, test } from '@jest/globals';
import { Augmenter, AUGMENTATIONS, contactSheet } from '../../src/data/index.js';
import { allocateImages, imageSet } from '../../src/data/image-set.js';
import { Generator } from '../../src/random/index.js';

test('a sheet shows each image and the two views that training begins with', async () => {
  const [side, count, gap, scale] = [32, 3, 4, 3];
  const images = allocateImages(count, [side, side]);
  const rng = new Generator(2);
  for (let i = 0; i < images.length; i++) images[i] = rng.integers(0, 256);
  const set = imageSet('noise', ['a'], [side, side], images, new Int32Array(count));
  const normalization = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] } as const;
  const options = { mean: [...normalization.mean], std: [...normalization.std] } as {
    mean: [number, number, number];
    std: [number, number, number];
  };

  const picture = await loadImage(contactSheet(set, { ...options, preset: 'vicreg', seed: 9 }));
  const canvas = createCanvas(picture.width, picture.height);
  canvas.getContext('2d').drawImage(picture, 0, 0);
  const cellSize = side * scale + gap;
  const cell = (image: number, place: number) => {
    const x = image * (3 * cellSize + 3 * gap) + place * cellSize + gap;
    const { data } = canvas.getContext('2d').getImageData(x, gap, side * scale, side * scale);
    return Array.from({ length: side * side * 3 }, (_, i) => {
      const [y, column] = [Math.floor(i / 3 / side) * scale, (Math.floor(i / 3) % side) * scale];
      return data[4 * (y * side * scale + column) + (i % 3)];
    });
  };

  const augmenter = new Augmenter(AUGMENTATIONS.vicreg, [side, side], [side, side], options);
  const view = new Float32Array(side * side * 3);
  for (let image = 0; image < count; image++) {
    const start = image * view.length;
    expect(cell(image, 0)).toEqual([...images.subarray(start, start + view.length)]);
    for (const which of [0, 1]) {
      augmenter.render(images, image, which, [9, 0], view, 0);
      const bytes = Array.from(view, (value, i) =>
        Math.round(255 * (value * options.std[i % 3] + options.mean[i % 3])),
      );
      expect(cell(image, 1 + which)).toEqual(bytes);
    }
  }
});
