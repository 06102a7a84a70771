import { describe, expect, test } from '@jest/globals';
import { CanvasPainter, chooseCanvas, createPainter, Rasterizer } from '../../src/recording/index.js';
import { DRAWINGS, SCREEN } from './drawings.js';

describe.each(Object.keys(DRAWINGS))('%s', (name) => {
  test.each([
    [120, 80],
    [240, 100],
    [84, 84],
  ])('look the same on a canvas and rasterized, %p x %p', (width, height) => {
    const painters = [
      new CanvasPainter(SCREEN, { width, height }),
      new Rasterizer(SCREEN, { width, height }),
    ];
    for (const painter of painters) DRAWINGS[name](painter);
    const [canvas, rasterized] = painters.map((painter) => painter.frame());
    expect([canvas.width, canvas.height, canvas.data.length]).toEqual([width, height, 3 * width * height]);
    const differences = canvas.data.map((value, i) => Math.abs(value - rasterized.data[i]));
    // Skia samples edges more coarsely than we do.
    expect(Math.max(...differences)).toBeLessThan(80);
    expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(1.5);
  });
});

test('the bytes of a canvas have four channels, red or blue first', () => {
  const painter = new CanvasPainter({ width: 2, height: 2 });
  painter.clear(0x112233);
  const pixel = [...painter.read().subarray(0, 3)];
  expect(pixel).toEqual(painter.format === 'rgba' ? [0x11, 0x22, 0x33] : [0x33, 0x22, 0x11]);
  expect([...painter.frame().data.subarray(0, 3)]).toEqual([0x11, 0x22, 0x33]);
});

test('people see a canvas where there is one', () => {
  const painter = createPainter(SCREEN, { width: 60 });
  expect([painter.width, painter.height]).toEqual([60, 80]);
  expect(painter instanceof CanvasPainter).toBe(chooseCanvas().name !== undefined);
});
