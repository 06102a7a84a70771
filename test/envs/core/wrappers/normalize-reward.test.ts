/** @file Rewards over the deviation of the discounted return; expected values are numpy's by Gymnasium's rule. */
import { expect, test } from '@jest/globals';
import { Discrete, NormalizeReward } from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';

const one = new Discrete(1);
const make = () =>
  new NormalizeReward(
    new Scripted({
      observationSpace: one,
      actionSpace: one,
      observations: [0],
      rewards: [1, 2, -5, 0.5],
      end: 3,
    }),
  );

test('the return starts anew where the episode terminates', () => {
  const env = make();
  env.reset();
  expect([1, 2, 3, 4].map(() => env.step(0).reward)).toEqual([
    70.71421321062337, 2.009847769253531, -1.472308105834938, 0.14541889299671015,
  ]);
});

test('frozen, equal rewards stay equal', () => {
  const env = make();
  env.reset();
  env.updateRunningMean = false;
  const first = env.step(0).reward;
  env.step(0);
  env.reset();
  expect(env.step(0).reward).toBe(first);
});
