/** @file Rewards within bounds, or through a function. */
import { expect, test } from '@jest/globals';
import { ClipReward, Discrete, TransformReward } from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';

const rewards = [-3, -0.5, 0, 2];
const make = () =>
  new Scripted({
    observationSpace: new Discrete(1),
    actionSpace: new Discrete(1),
    observations: [0],
    rewards,
  });

test('ClipReward', () => {
  const env = new ClipReward(make(), -1, 1);
  env.reset();
  expect(rewards.map(() => env.step(0).reward)).toEqual([-1, -0.5, 0, 1]);
  expect(() => new ClipReward(make(), 1, -1)).toThrow(/min <= max, found 1 and -1/);
});

test('TransformReward', () => {
  const env = new TransformReward(make(), (reward) => 2 * reward + 1);
  env.reset();
  expect(rewards.map(() => env.step(0).reward)).toEqual([-5, 0, 1, 5]);
});
