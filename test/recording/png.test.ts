import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, test } from '@jest/globals';
import { encodePng, Rasterizer } from '../../src/recording/index.js';
import { DRAWINGS, SCREEN } from './drawings.js';

test.each(Object.keys(DRAWINGS))('a frame comes back from its PNG as it was: %s', async (name) => {
  const painter = new Rasterizer(SCREEN);
  DRAWINGS[name](painter);
  const frame = painter.frame();
  const image = await loadImage(Buffer.from(encodePng(frame)));
  expect([image.width, image.height]).toEqual([SCREEN.width, SCREEN.height]);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  expect(data.filter((_, i) => i % 4 !== 3)).toEqual(Uint8ClampedArray.from(frame.data));
});

test('a frame of one pixel is a file too', async () => {
  const image = await loadImage(
    Buffer.from(encodePng({ width: 1, height: 1, data: Uint8Array.of(1, 2, 3) })),
  );
  expect([image.width, image.height]).toEqual([1, 1]);
});
