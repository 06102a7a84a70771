/** @file Pictures without colours. */
import { expect, test } from '@jest/globals';
import { Box, Discrete, GrayscaleObservation } from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';

const pictures = (shape: number[], pixels: number[], high = 255) =>
  new Scripted({
    observationSpace: new Box({ low: 0, high, shape, dtype: 'uint8' }),
    actionSpace: new Discrete(1),
    observations: [Uint8Array.from(pixels)],
  });

test('weights of red, green and blue, rounded down', () => {
  const pixels = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 1, 1, 1, 0, 0, 0];
  const env = new GrayscaleObservation(pictures([2, 3, 3], pixels));
  // 255 * 0.2125 = 54.19, 255 * 0.7154 = 182.43, 255 * 0.0721 = 18.39
  expect([...env.reset().observation]).toEqual([54, 182, 18, 255, 1, 0]);
  expect(String(env.observationSpace)).toBe('Box(0, 255, (2, 3), uint8)');
  const kept = new GrayscaleObservation(pictures([2, 3, 3], pixels), { keepDim: true });
  expect(String(kept.observationSpace)).toBe('Box(0, 255, (2, 3, 1), uint8)');
});

test('other observations are refused', () => {
  expect(() => new GrayscaleObservation(pictures([2, 3], [1, 2, 3, 4, 5, 6]))).toThrow(/RGB pictures/);
  expect(() => new GrayscaleObservation(pictures([1, 1, 3], [1, 2, 3], 100))).toThrow(/bytes from 0 to 255/);
});
