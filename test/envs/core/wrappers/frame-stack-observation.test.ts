/** @file The last few observations. */
import { expect, test } from '@jest/globals';
import {
  Box,
  Dict,
  Discrete,
  FrameStackObservation,
  MultiBinary,
  MultiDiscrete,
  Tuple,
  type Space,
} from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';

const place = new Box({ low: 0, high: 9, shape: [2] });
const observations = [0, 1, 2, 3].map((x) => Float32Array.of(x, 9 - x));
const script = { observationSpace: place, actionSpace: new Discrete(1), observations };

test('oldest first, the first one repeated at the start', () => {
  const env = new FrameStackObservation(new Scripted(script), 3);
  expect(String(env.observationSpace)).toBe('Box(0, 9, (3, 2), float32)');
  expect(env.reset().observation).toEqual(Float32Array.of(0, 9, 0, 9, 0, 9));
  expect(env.step(0).observation).toEqual(Float32Array.of(0, 9, 0, 9, 1, 8));
  expect(env.step(0).observation).toEqual(Float32Array.of(0, 9, 1, 8, 2, 7));
  expect(env.step(0).observation).toEqual(Float32Array.of(1, 8, 2, 7, 3, 6));
  expect(env.reset().observation).toEqual(Float32Array.of(0, 9, 0, 9, 0, 9));
});

test('a padding of one’s own', () => {
  const env = new FrameStackObservation(new Scripted(script), 2, { padding: Float32Array.of(5, 5) });
  expect(env.reset().observation).toEqual(Float32Array.of(5, 5, 0, 9));
  expect(() => new FrameStackObservation(new Scripted(script), 2, { padding: Float32Array.of(5) })).toThrow(
    /padding/,
  );
  expect(() => new FrameStackObservation(new Scripted(script), 0)).toThrow(/from 1, found 0/);
});

const spaces: Space[] = [
  new Discrete(5, -2),
  new MultiDiscrete([3, 2]),
  new MultiBinary([2, 2]),
  new Tuple([place, new Discrete(3)]),
  new Dict({ place, bit: new MultiBinary(1) }),
];

test.each(spaces.map((space) => [String(space), space] as const))(
  'stacks of %s are in their space',
  (_, space) => {
    space.seed(3);
    const samples = Array.from({ length: 6 }, () => space.sample());
    const env = new FrameStackObservation(
      new Scripted({ ...script, observationSpace: space, observations: samples }),
      3,
    );
    expect(env.observationSpace.contains(env.reset().observation)).toBe(true);
    for (let i = 1; i < 6; i++) {
      const { observation } = env.step(0);
      expect(env.observationSpace.contains(observation)).toBe(true);
      expect([0, 1, 2].map((j) => space.take(observation, j))).toEqual(
        [i - 2, i - 1, i].map((j) => samples[Math.max(0, j)]),
      );
    }
  },
);
