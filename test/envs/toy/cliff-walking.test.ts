/** @file CliffWalking: the way along the cliff, and off it. */
import { expect, test } from '@jest/globals';
import { make } from '../../../src/envs/index.js';

test('the shortest way costs 13', () => {
  const env = make<number, number>('CliffWalking-v1');
  expect(env.reset({ seed: 0 }).observation).toBe(36);
  const steps = [0, ...new Array<number>(11).fill(1), 2].map((action) => env.step(action));
  expect(steps.reduce((sum, { reward }) => sum + reward, 0)).toBe(-13);
  expect(steps.at(-1)).toMatchObject({ observation: 47, terminated: true });
});

test('off the cliff costs 100 and leads back to the start', () => {
  const env = make<number, number>('CliffWalking-v1');
  env.reset({ seed: 0 });
  expect(env.step(1)).toMatchObject({ observation: 36, reward: -100, terminated: false });
  env.step(0);
  env.step(1);
  expect(env.step(2)).toMatchObject({ observation: 36, reward: -100, terminated: false });
});

test('the slippery one is the option', () => {
  const [one, other] = [
    make<number, number>('CliffWalkingSlippery-v1'),
    make<number, number>('CliffWalking-v1', { isSlippery: true }),
  ].map((env) => {
    env.reset({ seed: 3 });
    return Array.from({ length: 50 }, () => env.step(0));
  });
  expect(one).toEqual(other);
  expect(new Set(one.map(({ observation }) => observation % 12)).size).toBeGreaterThan(1);
});
