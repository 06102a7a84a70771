/** @file Observations that tell the time. */
import { expect, test } from '@jest/globals';
import { make, register, TimeAwareObservation } from '../../../../src/envs/core/index.js';
import { Walk } from '../walk.js';

register({ id: 'TimedWalk-v0', description: 'A walk', maxEpisodeSteps: 4 }, () => new Walk());
register({ id: 'EndlessWalk-v0', description: 'A walk' }, () => new Walk());
const walk = (id: string) => make<unknown, number>(id);

test('steps since the reset', () => {
  const env = new TimeAwareObservation(walk('TimedWalk-v0'));
  expect(String(env.observationSpace)).toBe('Box(0, 4, (2,), float32)');
  expect(env.reset({ options: { place: 0 } }).observation).toEqual(Float32Array.of(0, 0));
  expect(env.step(1).observation).toEqual(Float32Array.of(1, 1));
  expect(env.step(1).observation).toEqual(Float32Array.of(2, 2));
  expect(env.reset({ options: { place: 1 } }).observation).toEqual(Float32Array.of(1, 0));
});

test('as a part of the whole', () => {
  const env = new TimeAwareObservation(walk('TimedWalk-v0'), { normalizeTime: true });
  env.reset({ seed: 0 });
  expect([1, 2, 3, 4].map(() => env.step(0).observation[1])).toEqual([0.25, 0.5, 0.75, 1]);
  expect(env.observationSpace.high[1]).toBe(1);
});

test('needs a limit', () => {
  expect(() => new TimeAwareObservation(walk('EndlessWalk-v0'))).toThrow(/time limit/);
});
