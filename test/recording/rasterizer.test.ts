import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { UserError } from '../../src/errors.js';
import { luma, Rasterizer, type Painter } from '../../src/recording/index.js';
import { DRAWINGS, SCREEN } from './drawings.js';

const WHITE = 0xffffff;

/** The covered area in pixels: white on black, painted dark enough often enough for 8 bits not to matter. */
function coverage(width: number, height: number, draw: (painter: Painter) => void): Float64Array {
  const rasterizer = new Rasterizer({ width, height }, { channels: 1 });
  rasterizer.clear(0);
  draw(rasterizer);
  return Float64Array.from(rasterizer.pixels, (value) => value / 255);
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

/** The largest of all elements. */
const difference = (a: Float64Array, b: Float64Array) =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);

/** Twice the signed area of a polygon. */
function shoelace(points: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < points.length; i += 2) {
    const j = (i + 2) % points.length;
    total += points[i] * points[j + 1] - points[j] * points[i + 1];
  }
  return total;
}

/** The part of a polygon with x >= at (or y >= at), by Sutherland and Hodgman. */
function clip(points: number[], axis: 0 | 1, at: number, sign: 1 | -1): number[] {
  const kept: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const j = (i + 2) % points.length;
    const [a, b] = [sign * (points[i + axis] - at), sign * (points[j + axis] - at)];
    if (a >= 0) kept.push(points[i], points[i + 1]);
    if (a >= 0 !== b >= 0) {
      const t = a / (a - b);
      const x = points[i] + t * (points[j] - points[i]);
      kept.push(x, points[i + 1] + t * (points[j + 1] - points[i + 1]));
    }
  }
  return kept;
}

/** The area of a triangle within a pixel. */
function areaInPixel(points: number[], x: number, y: number): number {
  let part = clip(clip(points, 0, x, 1), 0, x + 1, -1);
  part = clip(clip(part, 1, y, 1), 1, y + 1, -1);
  return Math.abs(shoelace(part)) / 2;
}

describe('coverage', () => {
  const coordinate = fc.double({ min: -12, max: 28, noNaN: true });
  const triangle = fc.array(coordinate, { minLength: 6, maxLength: 6 });

  test('of each pixel is the area of the shape in it, also across the borders', () => {
    fc.assert(
      fc.property(triangle, (points) => {
        const found = coverage(16, 12, (painter) => painter.polygon(points, WHITE));
        const exact = found.map((_, i) => areaInPixel(points, i % 16, Math.floor(i / 16)));
        // Eight bits, rounded.
        expect(difference(found, exact)).toBeLessThan(0.5 / 255 + 1e-5);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('summed over a frame is the area of the polygon', () => {
    // In one wide frame, thousands of rounded pixels: their errors cancel out.
    const points = [31.7, 12.2, 390.3, 60.9, 250.1, 280.6, 200.5, 90.25, 120.75, 290.1];
    const found = sum(coverage(400, 300, (painter) => painter.polygon(points, WHITE)));
    const area = Math.abs(shoelace(points)) / 2;
    expect(Math.abs(found - area) / area).toBeLessThan(1e-5);
  });

  test.each([1.7, 3.3, 20, 140.2])("summed is a circle's area, radius %p", (radius) => {
    const found = sum(coverage(300, 300, (painter) => painter.circle(149.6, 150.3, radius, WHITE)));
    expect(Math.abs(found / (Math.PI * radius ** 2) - 1)).toBeLessThan(1e-3);
  });

  test('of a rectangle equals that of its polygon', () => {
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, coordinate, (x, y, width, height) => {
        const [right, bottom] = [x + width, y + height];
        const one = coverage(16, 12, (painter) => painter.rectangle(x, y, width, height, WHITE));
        const corners = [x, y, right, y, right, bottom, x, bottom];
        const other = coverage(16, 12, (painter) => painter.polygon(corners, WHITE));
        expect(difference(one, other)).toBeLessThan(1.01 / 255);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test('of a line is its length times its width', () => {
    const found = sum(coverage(120, 90, (painter) => painter.line(10.3, 20.1, 100.7, 65.9, 2.5, WHITE)));
    expect(found).toBeCloseTo(Math.hypot(90.4, 45.8) * 2.5, 0);
  });

  test('overlaps of one polygon count once', () => {
    const twice = [2, 2, 10, 2, 10, 10, 2, 10, 2, 2, 10, 2, 10, 10, 2, 10];
    expect(sum(coverage(12, 12, (painter) => painter.polygon(twice, WHITE)))).toBe(64);
  });
});

describe('what cannot be drawn', () => {
  test.each([
    ['outside', [20, 20, 40, 20, 30, 50]],
    ['without area', [2, 2, 8, 8]],
    ['flat', [2, 5, 12, 5, 7, 5]],
    ['not a number', [NaN, 2, 8, 2, 8, 8]],
    ['endless', [Infinity, 2, 8, 2, 8, 8]],
    ['of no corners', []],
  ])('a polygon %s leaves nothing, now and later', (_, points) => {
    const rasterizer = new Rasterizer({ width: 16, height: 12 }, { channels: 1 });
    rasterizer.clear(0);
    rasterizer.polygon(points, WHITE);
    expect(sum(rasterizer.pixels)).toBe(0);
    rasterizer.polygon([0, 0, 16, 0, 16, 12, 0, 12], WHITE);
    expect(sum(rasterizer.pixels)).toBe(255 * 16 * 12);
  });

  test('a line without length, a circle without radius', () => {
    const found = coverage(16, 12, (painter) => {
      painter.line(5, 5, 5, 5, 2, WHITE);
      painter.circle(5, 5, 0, WHITE);
    });
    expect(sum(found)).toBe(0);
  });

  test('a frame without pixels is refused', () => {
    expect(() => new Rasterizer(SCREEN, { width: 0 })).toThrow(/1 to 8192 whole pixels, got 0 x 80/);
    expect(() => new Rasterizer(SCREEN, { height: 2.5 })).toThrow(UserError);
  });
});

test('motion by a tenth of a pixel shows', () => {
  const at = (x: number) => {
    const rasterizer = new Rasterizer({ width: 600, height: 400 }, { width: 84, height: 84 });
    rasterizer.clear(WHITE);
    rasterizer.rectangle(x, 290, 50, 30, 0);
    return rasterizer.pixels;
  };
  const tenth = 600 / 84 / 10;
  const [before, after] = [at(300), at(300 + tenth)];
  const differences = before.map((value, i) => Math.abs(value - after[i])).filter((value) => value > 0);
  expect(differences.length).toBeGreaterThan(10);
  expect(Math.max(...differences)).toBeLessThan(30);
});

test('the frame is stretched to its size', () => {
  const small = new Rasterizer(SCREEN, { width: 60, height: 20, channels: 1 });
  small.clear(0);
  small.rectangle(20, 40, 40, 20, WHITE);
  const covered = Array.from(small.pixels.keys()).filter((i) => small.pixels[i] > 0);
  expect(covered.length).toBe(20 * 5);
  expect([covered[0] % 60, Math.floor(covered[0] / 60)]).toEqual([10, 10]);
});

test('alpha mixes with what is below', () => {
  const rasterizer = new Rasterizer({ width: 4, height: 4 });
  rasterizer.clear(0x6400c8);
  rasterizer.rectangle(0, 0, 4, 4, 0xc86400, 0.25);
  expect([...rasterizer.pixels.subarray(0, 3)]).toEqual([125, 25, 150]);
  rasterizer.polygon([0, 0, 4, 0, 4, 4, 0, 4], 0xffffff, 1);
  expect(new Set(rasterizer.pixels)).toEqual(new Set([255]));
});

describe.each(Object.keys(DRAWINGS))('%s', (name) => {
  const draw = DRAWINGS[name];

  test('in grey are those in RGB, as grey', () => {
    const [colours, grey] = [new Rasterizer(SCREEN), new Rasterizer(SCREEN, { channels: 1 })];
    for (const painter of [colours, grey]) draw(painter);
    expect(grey.pixels.length).toBe(SCREEN.width * SCREEN.height);
    const expected = Float64Array.from(grey.pixels, (_, i) => {
      const [r, g, b] = colours.pixels.subarray(3 * i, 3 * i + 3);
      return luma(r, g, b);
    });
    expect(difference(Float64Array.from(grey.pixels), expected)).toBeLessThan(2.1);
    const { data } = grey.frame();
    expect(data.length).toBe(3 * grey.pixels.length);
    expect([...data.subarray(300, 303)]).toEqual(Array(3).fill(grey.pixels[100]));
  });

  test('drawn again over another drawing are the same bytes', () => {
    const [fresh, used] = [new Rasterizer(SCREEN), new Rasterizer(SCREEN)];
    draw(fresh);
    for (const other of Object.values(DRAWINGS)) other(used);
    draw(used);
    expect(used.pixels).toEqual(fresh.pixels);
    expect(used.frame().data).toEqual(fresh.pixels);
    expect(used.frame().data).not.toBe(used.pixels);
  });
});

test('every machine paints the same bytes', () => {
  const hash = createHash('sha256');
  for (const size of [{}, { width: 84, height: 84 }, { width: 32, height: 40 }]) {
    for (const draw of Object.values(DRAWINGS)) {
      const rasterizer = new Rasterizer(SCREEN, size);
      draw(rasterizer);
      hash.update(rasterizer.pixels);
    }
  }
  expect(hash.digest('hex')).toBe('fdb33b225bb208318e12127a97a61e1098e6674c975e9ba8466742c36638e7a3');
});
