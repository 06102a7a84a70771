/** @file Many at once are as many single ones, bit for bit. */
import { expect, test } from '@jest/globals';
import { findEnv, make, type VectorCore } from '../../../src/envs/index.js';
import { Generator } from '../../../src/random/index.js';

const IDS = ['CartPole-v1', 'MountainCar-v0', 'MountainCarContinuous-v0', 'Pendulum-v1', 'Acrobot-v1'];
const COUNT = 5;

test.each(IDS)('%s', (id) => {
  const { spec, vector } = findEnv(id);
  const core = vector!(COUNT, { ...spec.options }) as VectorCore<Float32Array, Float32Array | Int32Array>;
  const singles = Array.from({ length: COUNT }, () => make<Float32Array, number | Float32Array>(id));
  const rngs = singles.map((_, i) => new Generator(10 + i));
  const { length } = core.observationSpace.sample() as Float32Array;
  const seen = (i: number) => observations.slice(i * length, (i + 1) * length);

  const observations = core.observationSpace.batch(COUNT);
  const rewards = new Float64Array(COUNT);
  const terminated = new Uint8Array(COUNT);
  const skip = new Uint8Array(COUNT);
  singles.forEach((env, i) => {
    core.resetOne(i, rngs[i], observations, {});
    expect(seen(i)).toEqual(env.reset({ seed: 10 + i }).observation);
    env.actionSpace.seed(i);
  });

  // What each of them tells of a step, and what it should tell.
  const told: unknown[] = [];
  const expected: unknown[] = [];
  let ends = 0;
  for (let t = 0; t < 150; t++) {
    const actions = core.actionSpace.batch(COUNT);
    const chosen = singles.map((env) => env.actionSpace.sample());
    chosen.forEach((action, i) => core.actionSpace.put(actions, i, action));
    skip.forEach((_, i) => (skip[i] = (t + i) % 7 === 0 ? 1 : 0));
    const before = singles.map((_, i) => seen(i));
    core.step(actions, skip, observations, rewards, terminated);
    singles.forEach((env, i) => {
      if (skip[i] === 1) {
        told.push([...seen(i)]);
        expected.push([...before[i]]);
        return;
      }
      const result = env.step(chosen[i]);
      told.push([...seen(i), rewards[i], terminated[i] === 1]);
      expected.push([...result.observation, result.reward, result.terminated]);
      if (!result.terminated) return;
      ends++;
      core.resetOne(i, rngs[i], observations, {});
      told.push([...seen(i)]);
      expected.push([...env.reset().observation]);
    });
  }
  expect(told).toEqual(expected);
  if (id === 'CartPole-v1') expect(ends).toBeGreaterThan(10);
});
