/** @file Vector environments by id. */
import { expect, test } from '@jest/globals';
import {
  CoreVectorEnv,
  makeVec,
  register,
  SyncVectorEnv,
  TransformReward,
  type Env,
} from '../../../../src/envs/core/index.js';
import { Walk, WalkCore } from '../walk.js';

const spec = { id: 'VectorWalk-v0', description: 'A walk', maxEpisodeSteps: 3, options: { size: 5 } };
register(spec, (options) => new Walk(options), {
  vector: (count, { size }) => new WalkCore(count, size as number),
});
register({ ...spec, id: 'SingleWalk-v0' }, (options) => new Walk(options));

const rollout = (envs: ReturnType<typeof makeVec<Float32Array, Int32Array>>) => {
  const first = envs.reset({ seed: 2 });
  envs.actionSpace.seed(0);
  return [first, ...Array.from({ length: 20 }, () => envs.step(envs.actionSpace.sample()))];
};

test("an environment's own implementation where there is one, with equal results", () => {
  const own = makeVec<Float32Array, Int32Array>('VectorWalk-v0', 4, { size: 3, maxEpisodeSteps: 5 });
  const single = makeVec<Float32Array, Int32Array>('SingleWalk-v0', 4, { size: 3, maxEpisodeSteps: 5 });
  expect([own.constructor, single.constructor]).toEqual([CoreVectorEnv, SyncVectorEnv]);
  expect(rollout(own)).toEqual(rollout(single));
});

test('wrappers are put around each environment', () => {
  const wrappers = [(env: Env) => new TransformReward(env, (reward) => reward + 100)];
  const envs = makeVec<Float32Array, Int32Array>('VectorWalk-v0', 2, { wrappers });
  envs.reset({ seed: 0, options: { place: 1 } });
  expect(envs.step(Int32Array.of(0, 1)).rewards).toEqual(Float64Array.of(100, 102));
});

test('unknown ids and options are refused', () => {
  expect(() => makeVec('VectorWolk-v0', 2)).toThrow(/Did you mean "VectorWalk-v0"/);
  expect(() => makeVec('VectorWalk-v0', 2, { sise: 3 })).toThrow(/Did you mean "size"/);
});
