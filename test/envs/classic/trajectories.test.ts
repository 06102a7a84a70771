/** @file Classic control against the reference: Gymnasium's trajectories, and numpy's over longer runs. */
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { make } from '../../../src/envs/index.js';
import { Generator } from '../../../src/random/index.js';
import { expected, GOLDEN, goldenRuns, replay } from '../golden.js';

const EXACT = ['CartPole-v1', 'MountainCar-v0', 'MountainCarContinuous-v0', 'Pendulum-v1'];

test.each(goldenRuns(EXACT))('%s: equal in float32, with rewards, ends and what follows them', (_, run) => {
  expect(run.steps).toHaveLength(250);
  expect(replay(run)).toEqual(expected(run));
});

test.each(goldenRuns(['Acrobot-v1']))('%s: within 1e-3', (_, run) => {
  const { steps } = expected(run);
  replay(run).steps.forEach((step, i) => {
    const { o, ...rest } = steps[i];
    expect(step).toMatchObject(rest);
    const distances = (o as number[]).map((value, k) => Math.abs(value - (step.o as number[])[k]));
    expect(Math.max(...distances)).toBeLessThan(1e-3);
  });
});

describe('4000 steps, episode after episode', () => {
  interface LongRun {
    seed: number;
    observations: string;
    rewards: string;
  }
  const runs = JSON.parse(readFileSync(join(GOLDEN, 'classic_more.json'), 'utf8')) as Record<
    string,
    LongRun[]
  >;
  const digest = (values: readonly number[]) =>
    createHash('sha256').update(Float32Array.from(values)).digest('hex').slice(0, 16);

  const cases = Object.entries(runs).flatMap(([id, all]) => all.map((run) => [id, run.seed, run] as const));
  test.each(cases)('%s, seed %i', (id, seed, { observations, rewards }) => {
    const env = make<Float32Array, number | Float32Array>(id);
    const choices = new Generator([seed, 1]);
    const act = {
      'CartPole-v1': () => choices.integers(0, 2),
      'MountainCar-v0': () => choices.integers(0, 3),
      'MountainCarContinuous-v0': () => Float32Array.of(choices.uniform(-1, 1)),
      'Pendulum-v1': () => Float32Array.of(choices.uniform(-2, 2)),
    }[id]!;
    const seen = [...env.reset({ seed }).observation];
    const paid: number[] = [];
    for (let i = 0; i < 4000; i++) {
      const { observation, reward, terminated, truncated } = env.step(act());
      seen.push(...observation);
      paid.push(reward);
      if (terminated || truncated) seen.push(...env.reset().observation);
    }
    expect([digest(seen), digest(paid)]).toEqual([observations, rewards]);
  });
});
