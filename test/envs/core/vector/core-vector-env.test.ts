/** @file An environment's own implementation of many at once equals as many single ones. */
import { expect, test } from '@jest/globals';
import {
  CoreVectorEnv,
  SyncVectorEnv,
  TimeLimit,
  type AutoresetMode,
} from '../../../../src/envs/core/index.js';
import { Walk, WalkCore } from '../walk.js';

const COUNT = 7;

test.each<AutoresetMode>(['next-step', 'same-step', 'disabled'])('in mode %s', (autoresetMode) => {
  const single = new SyncVectorEnv<Float32Array, Int32Array>(
    Array(COUNT).fill(() => new TimeLimit(new Walk(), 6)),
    { autoresetMode },
  );
  const own = new CoreVectorEnv(new WalkCore(COUNT), COUNT, 6, { autoresetMode });
  expect(own.reset({ seed: 3 })).toEqual(single.reset({ seed: 3 }));
  single.actionSpace.seed(1);
  let ends = 0;
  for (let i = 0; i < 100; i++) {
    const actions = single.actionSpace.sample();
    const result = single.step(actions);
    expect(own.step(actions)).toEqual(result);
    const mask = result.terminated.map((value, j) => value | result.truncated[j]);
    ends += mask.reduce((sum, value) => sum + value, 0);
    if (autoresetMode === 'disabled' && mask.includes(1)) {
      expect(own.reset({ mask })).toEqual(single.reset({ mask }));
    }
  }
  expect(ends).toBeGreaterThan(50);
});

test('an episode without limit goes on', () => {
  const envs = new CoreVectorEnv(new WalkCore(1), 1, Infinity);
  envs.reset({ seed: 0 });
  for (let i = 0; i < 50; i++) expect(envs.step(Int32Array.of(0)).truncated[0]).toBe(0);
  expect(() => new CoreVectorEnv(new WalkCore(1), 1, 0)).toThrow(/maxEpisodeSteps/);
});
