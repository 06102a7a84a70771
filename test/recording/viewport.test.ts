/** @file A drawing in a part of a frame is the drawing, and nothing else is touched. */
import { expect, test } from '@jest/globals';
import { Rasterizer, Viewport } from '../../src/recording/index.js';
import { DRAWINGS, SCREEN } from './drawings.js';

const FRAME = { width: 300, height: 120 };
const PAPER = 0x505050;

/** Pixels [height, width, 3] of a part of a frame. */
const part = ({ pixels, width }: Rasterizer, x: number, y: number, size: { width: number; height: number }) =>
  Array.from({ length: size.height }, (_, row) => {
    const start = 3 * ((y + row) * width + x);
    return [...pixels.subarray(start, start + 3 * size.width)];
  }).flat();

/** The largest difference of two pictures' bytes. */
const difference = (a: readonly number[], b: readonly number[]) =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);

test.each(Object.keys(DRAWINGS))('%s: the same as by itself, cut off at the borders', (name) => {
  const [alone, frame] = [new Rasterizer(SCREEN), new Rasterizer(FRAME)];
  DRAWINGS[name](alone);
  frame.clear(PAPER);
  DRAWINGS[name](new Viewport(frame, SCREEN, { x: 90, y: 20, scale: 1 }));
  expect(difference(part(frame, 90, 20, SCREEN), [...alone.pixels])).toBeLessThanOrEqual(1);
  const outside = [
    part(frame, 0, 0, { width: 90, height: 120 }),
    part(frame, 210, 0, { width: 90, height: 120 }),
    part(frame, 90, 0, { width: 120, height: 20 }),
    part(frame, 90, 100, { width: 120, height: 20 }),
  ].flat();
  expect(outside.every((byte) => byte === 0x50)).toBe(true);
});

test.each(Object.keys(DRAWINGS))('%s: scaled as a painter of that size does it', (name) => {
  const alone = new Rasterizer(SCREEN, { width: 60, height: 40 });
  const frame = new Rasterizer(FRAME);
  DRAWINGS[name](alone);
  DRAWINGS[name](new Viewport(frame, SCREEN, { x: 10, y: 30, scale: 0.5 }));
  expect(difference(part(frame, 10, 30, alone), [...alone.pixels])).toBeLessThanOrEqual(1);
});
