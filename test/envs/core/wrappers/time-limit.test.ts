/** @file Truncation after so many steps. */
import { expect, test } from '@jest/globals';
import { TimeLimit } from '../../../../src/envs/core/index.js';
import { Walk } from '../walk.js';

const ends = (env: TimeLimit<Float32Array, number>, steps: number) => {
  env.reset({ seed: 0 });
  return Array.from({ length: steps }, () => env.step(0)).map(({ truncated }) => truncated);
};

test('the last step is truncated, in every episode', () => {
  const env = new TimeLimit(new Walk(), 3);
  expect(ends(env, 3)).toEqual([false, false, true]);
  expect(() => env.step(0)).toThrow(/after the episode had ended/);
  expect(ends(env, 3)).toEqual([false, false, true]);
});

test('an end of its own on the last step is both', () => {
  const env = new TimeLimit(new Walk({ size: 2 }), 1);
  env.reset({ options: { place: 0 } });
  expect(env.step(1)).toMatchObject({ terminated: true, truncated: true });
});

test.each([0, -1, 1.5, NaN])('the limit %p is refused', (limit) => {
  expect(() => new TimeLimit(new Walk(), limit)).toThrow(/whole number from 1/);
});
