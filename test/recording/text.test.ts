import { expect, test } from '@jest/globals';
import { drawText, Rasterizer, textWidth, type Painter } from '../../src/recording/index.js';

/** Columns from the first to the last with ink, and rows. */
function extent(draw: (painter: Painter) => void) {
  const [width, height] = [200, 40];
  const rasterizer = new Rasterizer({ width, height }, { channels: 1 });
  rasterizer.clear(0);
  draw(rasterizer);
  const inked = Array.from(rasterizer.pixels.keys()).filter((i) => rasterizer.pixels[i] > 100);
  const [columns, rows] = [inked.map((i) => i % width), inked.map((i) => Math.floor(i / width))];
  return [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)];
}

test('text has the place, height and width it says', () => {
  expect(textWidth('HELLO', 12)).toBe(56);
  expect(textWidth('', 12)).toBe(0);
  const [left, right, top, bottom] = extent((painter) => drawText(painter, 'HELLO', 20, 10, 12, 0xffffff));
  expect(Math.abs(left - 20)).toBeLessThanOrEqual(1);
  expect(Math.abs(right - 76)).toBeLessThanOrEqual(1);
  expect(Math.abs(top - 10)).toBeLessThanOrEqual(1);
  expect(Math.abs(bottom - 22)).toBeLessThanOrEqual(1);
});

test('text is aligned', () => {
  const [left, right] = extent((p) => drawText(p, 'HELLO', 100, 10, 12, 0xffffff, { align: 0.5 }));
  expect(Math.abs((left + right) / 2 - 100)).toBeLessThanOrEqual(1);
  expect(extent((p) => drawText(p, 'HELLO', 100, 10, 12, 0xffffff, { align: 1 }))[1]).toBeCloseTo(100, -0.5);
});

test('no two characters look alike, small letters as capitals, unknown ones as nothing', () => {
  const picture = (text: string) => {
    const rasterizer = new Rasterizer({ width: 20, height: 20 }, { channels: 1 });
    rasterizer.clear(0);
    drawText(rasterizer, text, 4, 3, 12, 0xffffff);
    return rasterizer.pixels.join();
  };
  const characters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?-+=*/%()[]<>_\'"#'];
  expect(new Set(characters.map(picture)).size).toBe(characters.length);
  expect(picture('q')).toBe(picture('Q'));
  expect(picture('~')).toBe(picture(' '));
});
