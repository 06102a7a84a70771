/** @file Environments by id. */
import { describe, expect, test } from '@jest/globals';
import { findEnv, listEnvs, make, register } from '../../../src/envs/core/index.js';
import { Walk } from './walk.js';

const spec = {
  id: 'Walk-v1',
  description: 'A walk on a line',
  maxEpisodeSteps: 4,
  rewardThreshold: 6,
  options: { size: 5 },
};
register(spec, (options) => new Walk(options));
register({ id: 'WalkFree-v0', description: 'A walk without limit or options' }, () => new Walk());

describe('make', () => {
  test('a time limit around the enforced order', () => {
    const env = make('Walk-v1');
    expect(env.constructor.name).toBe('TimeLimit');
    expect(() => env.step(1)).toThrow(/^Walk-v1: step\(\) was called before/);
    expect(env.unwrapped).toBeInstanceOf(Walk);
    expect(env.spec).toEqual(spec);
    env.reset({ seed: 0 });
    expect([1, 2, 3, 4].map(() => env.step(0).truncated)).toEqual([false, false, false, true]);
  });

  test('options reach the environment, limits the wrapper, and all of them the spec', () => {
    const env = make('Walk-v1', { size: 3, maxEpisodeSteps: 9 });
    expect(String(env.observationSpace)).toBe('Box(0, 2, (1,), float32)');
    expect(env.spec).toMatchObject({ options: { size: 3 }, maxEpisodeSteps: 9 });
    expect(make('Walk-v1', { maxEpisodeSteps: Infinity }).constructor.name).toBe('OrderEnforcing');
    expect(make('WalkFree-v0').constructor.name).toBe('OrderEnforcing');
  });

  test('an unknown option is refused with the known ones', () => {
    expect(() => make('Walk-v1', { sise: 3 })).toThrow(
      'Walk-v1 has no option "sise". Did you mean "size"? It has: size.',
    );
    expect(() => make('WalkFree-v0', { size: 3 })).toThrow('WalkFree-v0 has no options, found "size".');
  });
});

describe('ids', () => {
  test('the nearest name, or the versions there are', () => {
    expect(() => make('Wolk-v1')).toThrow(/Unknown environment "Wolk-v1"\. Did you mean "Walk-v1"\?/);
    expect(() => make('Walk')).toThrow('There is no version "Walk" of the environment Walk: use Walk-v1.');
    expect(() => findEnv('Walk-v0')).toThrow(/use Walk-v1/);
  });

  test('one entry an id, in order', () => {
    expect(listEnvs().map(({ id }) => id)).toEqual(['Walk-v1', 'WalkFree-v0']);
    expect(() => register(spec, () => new Walk())).toThrow(/registered already/);
    expect(() => register({ ...spec, id: 'Walk' }, () => new Walk())).toThrow(/expected Name-vN/);
  });
});
