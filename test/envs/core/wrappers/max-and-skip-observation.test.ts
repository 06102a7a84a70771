/** @file Several steps as one. */
import { expect, test } from '@jest/globals';
import { Box, Discrete, MaxAndSkipObservation } from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';
import { Walk } from '../walk.js';

const make = (end?: number) =>
  new Scripted({
    observationSpace: new Box({ low: 0, high: 99, shape: [2] }),
    actionSpace: new Discrete(3),
    observations: [0, 1, 2, 3, 4].map((i) => Float32Array.of(10 * i, 90 - 10 * i)),
    rewards: [1, 2, 4, 8],
    end,
  });

test('the maximum of the last two observations and the sum of all rewards', () => {
  const inner = make();
  const env = new MaxAndSkipObservation(inner, 4);
  expect(env.reset().observation).toEqual(Float32Array.of(0, 90));
  expect(env.step(2)).toMatchObject({ observation: Float32Array.of(40, 60), reward: 15, terminated: false });
  expect(inner.actions).toEqual([2, 2, 2, 2]);
});

test.each([
  [3, 7, [30, 70]],
  [1, 1, [10, 80]],
])('an end at step %i ends it', (end, reward, observation) => {
  const env = new MaxAndSkipObservation(make(end), 4);
  env.reset();
  expect(env.step(0)).toMatchObject({
    observation: Float32Array.from(observation),
    reward,
    terminated: true,
  });
});

test('skip from 2', () => {
  expect(() => new MaxAndSkipObservation(new Walk(), 1)).toThrow(/from 2, found 1/);
});
