/** @file Observations through a function. */
import { expect, test } from '@jest/globals';
import { Box, TransformObservation } from '../../../../src/envs/core/index.js';
import { Walk } from '../walk.js';

test('reset and step show what the function makes, in the space given', () => {
  const space = new Box({ low: 0, high: 1, shape: [1] });
  const env = new TransformObservation(new Walk(), (place) => place.map((value) => value / 4), space);
  expect(env.observationSpace).toBe(space);
  expect(env.reset({ options: { place: 1 } }).observation).toEqual(Float32Array.of(0.25));
  expect(env.step(1)).toMatchObject({ observation: Float32Array.of(0.5), reward: 2 });
});
