/** @file Episode after episode. */
import { expect, test } from '@jest/globals';
import { Autoreset } from '../../../../src/envs/core/index.js';
import { Walk } from '../walk.js';

test('the step after the last begins the next episode and ignores its action', () => {
  const env = new Autoreset(new Walk({ size: 3 }));
  env.reset({ seed: 1, options: { place: 1 } });
  expect(env.step(1)).toMatchObject({ reward: 2, terminated: true });
  const next = env.step(1);
  expect(next).toMatchObject({ reward: 0, terminated: false, truncated: false });
  expect(next.observation[0]).toBeLessThan(2);
  const first = new Walk({ size: 3 });
  first.reset({ seed: 1, options: { place: 1 } });
  expect(next.observation).toEqual(first.reset().observation);
});

test('reset in between begins an episode of its own', () => {
  const env = new Autoreset(new Walk({ size: 2 }));
  env.reset({ options: { place: 0 } });
  expect(env.step(1).terminated).toBe(true);
  env.reset({ options: { place: 0 } });
  expect(env.step(1).terminated).toBe(true);
});
