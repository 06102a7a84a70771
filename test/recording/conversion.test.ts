import { expect, test } from '@jest/globals';
import { Generator } from '../../src/random/index.js';
import { Yuv420Converter } from '../../src/recording/conversion.js';
import type { PixelFormat } from '../../src/recording/index.js';

const [WIDTH, HEIGHT] = [6, 4];
const random = new Generator(3);
const colour = () => [0, 1, 2].map(() => Math.floor(256 * random.random()));
const picture = () => Array.from({ length: WIDTH * HEIGHT }, colour);
const bytes = (pixels: number[][], format: PixelFormat) =>
  Uint8Array.from(
    pixels.flatMap(
      ([r, g, b]) => ({ rgb24: [r, g, b], rgba: [r, g, b, 255], bgra: [b, g, r, 255], gray: [g] })[format],
    ),
  );

/** BT.709 in TV range, in doubles. */
function expected(pixels: number[][]): number[] {
  const luma = ([r, g, b]: number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const chroma = (of: (pixel: number[]) => number) => {
    const values = [];
    for (let y = 0; y < HEIGHT; y += 2) {
      for (let x = 0; x < WIDTH; x += 2) {
        const block = [0, 1, WIDTH, WIDTH + 1].map((offset) => of(pixels[y * WIDTH + x + offset]));
        values.push(128 + (224 / 255) * (block.reduce((sum, value) => sum + value) / 4));
      }
    }
    return values;
  };
  return [
    ...pixels.map((pixel) => 16 + (219 / 255) * luma(pixel)),
    ...chroma((pixel) => (pixel[2] - luma(pixel)) / 1.8556),
    ...chroma((pixel) => (pixel[0] - luma(pixel)) / 1.5748),
  ];
}

test.each<PixelFormat>(['rgb24', 'rgba', 'bgra', 'gray'])('%s becomes yuv420p by BT.709', (format) => {
  const converter = new Yuv420Converter(WIDTH, HEIGHT, format);
  const pixels = picture();
  const black = pixels.map(() => [0, 0, 0]);
  // The second time all is as the frame before, the third time one pixel is not; black comes first on purpose.
  const changed = pixels.with(7, [255, 0, 255]);
  for (const frame of [black, pixels, pixels, changed]) {
    const seen = format === 'gray' ? frame.map(([, g]) => [g, g, g]) : frame;
    const yuv = [...converter.convert(bytes(frame, format))];
    const errors = expected(seen).map((value, i) => Math.abs(value - yuv[i]));
    expect(yuv.length).toBe(errors.length);
    expect(Math.max(...errors)).toBeLessThan(0.51);
  }
});
