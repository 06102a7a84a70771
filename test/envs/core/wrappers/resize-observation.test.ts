/** @file Pictures of another size. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Box, Discrete, ResizeObservation } from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';

fc.configureGlobal({ seed: 1 });

const resize = (shape: number[], pixels: ArrayLike<number>, to: [number, number]) =>
  new ResizeObservation(
    new Scripted({
      observationSpace: new Box({ low: 0, high: 255, shape, dtype: 'uint8' }),
      actionSpace: new Discrete(1),
      observations: [Uint8Array.from(pixels)],
    }),
    to,
  );

test('half the size is the mean of four', () => {
  const env = resize([2, 4], [0, 10, 100, 200, 20, 30, 50, 51], [1, 2]);
  expect([...env.reset().observation]).toEqual([15, 100]);
  expect(String(env.observationSpace)).toBe('Box(0, 255, (1, 2), uint8)');
});

test('pixels covered in part count in part', () => {
  // Three become two: 0 + half of 90, half of 90 + 30, over 1.5.
  expect([...resize([1, 3], [0, 90, 30], [1, 2]).reset().observation]).toEqual([30, 50]);
  expect([...resize([1, 2], [10, 20], [2, 4]).reset().observation]).toEqual([10, 10, 20, 20, 10, 10, 20, 20]);
});

test('channels stay apart', () => {
  const env = resize([1, 2, 3], [0, 100, 200, 10, 110, 210], [1, 1]);
  expect([...env.reset().observation]).toEqual([5, 105, 205]);
  expect(env.observationSpace.shape).toEqual([1, 1, 3]);
});

test('the mean of the picture and a flat colour are kept', () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
      (h, w, h2, w2, bytes) => {
        const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const pixels = Uint8Array.from({ length: h * w }, () => bytes.next().value as number);
        const resized = resize([h, w], pixels, [h2, w2]).reset().observation;
        expect(Math.abs(mean(resized) - mean(pixels))).toBeLessThanOrEqual(0.5);
        const flat = resize([h, w], new Uint8Array(h * w).fill(77), [h2, w2]).reset().observation;
        expect(flat).toEqual(new Uint8Array(h2 * w2).fill(77));
      },
    ),
  );
});
