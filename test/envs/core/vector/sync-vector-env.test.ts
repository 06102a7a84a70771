/** @file Environments side by side. */
import { describe, expect, test } from '@jest/globals';
import {
  Dict,
  Discrete,
  MultiBinary,
  SyncVectorEnv,
  TimeLimit,
  type AutoresetMode,
} from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';
import { Walk } from '../walk.js';

const walks = (autoresetMode?: AutoresetMode, limit = 3) => {
  const create = () => new TimeLimit(new Walk({ size: 4 }), limit);
  return new SyncVectorEnv<Float32Array, Int32Array>([create, create], { autoresetMode });
};
const start = { options: { place: 1 } };
const right = Int32Array.of(1, 1);
const mixed = Int32Array.of(1, 0);

test('batches and their spaces', () => {
  const envs = walks();
  expect([envs.numEnvs, envs.autoresetMode]).toEqual([2, 'next-step']);
  expect([envs.singleObservationSpace, envs.observationSpace, envs.actionSpace].map(String)).toEqual([
    'Box(0, 3, (1,), float32)',
    'Box(0, 3, (2, 1), float32)',
    'MultiDiscrete([2 2])',
  ]);
  const { observations, infos } = envs.reset({ seed: 0 });
  expect(envs.observationSpace.contains(observations)).toBe(true);
  expect(infos).toEqual([{}, {}]);
});

test('environment i has seed + i, or its own of a list', () => {
  const first = (seed: number) => new Walk().reset({ seed }).observation[0];
  const envs = new SyncVectorEnv<Float32Array, Int32Array>(Array(6).fill(() => new Walk()));
  expect([...envs.reset({ seed: 7 }).observations]).toEqual([7, 8, 9, 10, 11, 12].map(first));
  expect([...envs.reset({ seed: [3, 1, 4, 1, 5, 9] }).observations]).toEqual([3, 1, 4, 1, 5, 9].map(first));
  expect(() => envs.reset({ seed: [1] })).toThrow(/one for each of 6 environments, found 1/);
});

test('next-step: the step after the last begins the next episode', () => {
  const envs = walks();
  envs.reset(start);
  envs.step(mixed);
  expect(envs.step(mixed)).toMatchObject({
    observations: Float32Array.of(3, 0),
    rewards: Float64Array.of(3, 0),
    terminated: Uint8Array.of(1, 0),
    truncated: Uint8Array.of(0, 0),
  });
  const next = envs.step(mixed);
  expect(next).toMatchObject({
    rewards: Float64Array.of(0, 0),
    terminated: Uint8Array.of(0, 0),
    truncated: Uint8Array.of(0, 1),
  });
  expect(next.observations[0]).toBeLessThan(2);
  expect(envs.step(right).truncated).toEqual(Uint8Array.of(0, 0));
});

test('same-step: the last observation and info are in the infos', () => {
  const envs = walks('same-step');
  envs.reset(start);
  expect(envs.step(mixed).infos).toEqual([{}, {}]);
  const last = envs.step(mixed);
  expect(last).toMatchObject({ rewards: Float64Array.of(3, 0), terminated: Uint8Array.of(1, 0) });
  expect(last.observations[0]).toBeLessThan(2);
  expect(last.infos).toEqual([{ finalObservation: Float32Array.of(3), finalInfo: {} }, {}]);
  const { observations, truncated, infos } = envs.step(mixed);
  expect(truncated).toEqual(Uint8Array.of(0, 1));
  expect(observations[0]).toBe(last.observations[0] + 1);
  expect(infos[1]).toEqual({ finalObservation: Float32Array.of(0), finalInfo: {} });
});

test('disabled: those that ended are reset by mask', () => {
  const envs = walks('disabled');
  envs.reset(start);
  envs.step(mixed);
  envs.step(mixed);
  expect(() => envs.step(mixed)).toThrow(/environment 0 had ended.*reset\(\{ mask \}\)/);
  const again = envs.reset({ mask: Uint8Array.of(1, 0), options: { place: 2 } });
  expect(again.observations).toEqual(Float32Array.of(2, 0));
  expect(envs.step(right)).toMatchObject({
    observations: Float32Array.of(3, 1),
    terminated: Uint8Array.of(1, 0),
    truncated: Uint8Array.of(0, 1),
  });
});

describe('wrong use', () => {
  test('says so', () => {
    const envs = walks();
    expect(() => envs.step(right)).toThrow(/before the first reset/);
    envs.reset();
    expect(() => envs.step(Int32Array.of(1, 2))).toThrow(
      /expected actions in MultiDiscrete\(\[2 2\]\), found Int32Array \[1, 2\]/,
    );
    expect(() => envs.step(Int32Array.of(1))).toThrow(/expected actions/);
    expect(() => envs.reset({ mask: Uint8Array.of(1, 0) })).toThrow(
      /autoresetMode "disabled", found "next-step"/,
    );
    expect(() => walks('disabled').reset({ mask: Uint8Array.of(1, 0) })).toThrow(/1 is left out/);
    expect(() => walks('never' as AutoresetMode)).toThrow(/next-step, same-step, disabled, found "never"/);
    expect(() => new SyncVectorEnv([])).toThrow(/from 1, found 0/);
    expect(() => new SyncVectorEnv([() => new Walk(), () => new Walk({ size: 9 })])).toThrow(
      /observations of environment 1/,
    );
  });

  test('close closes all', () => {
    const envs = new SyncVectorEnv([() => new Walk(), () => new Walk()]);
    envs.close();
    expect(envs.envs.map((env) => (env as Walk).closed)).toEqual([1, 1]);
  });
});

test('results are the caller’s to keep', () => {
  const envs = walks();
  const first = envs.reset(start).observations;
  const second = envs.step(right);
  envs.step(right);
  expect([first, second.observations]).toEqual([Float32Array.of(1, 1), Float32Array.of(2, 2)]);
  expect(second.rewards).toEqual(Float64Array.of(2, 2));
});

test('observations and actions of several parts', () => {
  const space = new Dict({ bits: new MultiBinary(2), number: new Discrete(9) });
  space.seed(0);
  const samples = [space.sample(), space.sample(), space.sample()];
  const create = (shift: number) => () =>
    new Scripted({
      observationSpace: space,
      actionSpace: space,
      observations: [samples[shift], samples[shift + 1]],
    });
  const envs = new SyncVectorEnv<ReturnType<typeof space.batch>, ReturnType<typeof space.batch>>([
    create(0),
    create(1),
  ]);
  const { observations } = envs.reset();
  expect([0, 1].map((i) => space.take(observations, i))).toEqual(samples.slice(0, 2));
  const stepped = envs.step(observations).observations;
  expect([0, 1].map((i) => space.take(stepped, i))).toEqual(samples.slice(1));
  expect(envs.envs.map((env) => (env as Scripted<unknown, unknown>).actions)).toEqual([
    [samples[0]],
    [samples[1]],
  ]);
});
