/** @file Actions that stick. */
import { expect, test } from '@jest/globals';
import { Box, Discrete, StickyAction } from '../../../../src/envs/core/index.js';
import { Generator } from '../../../../src/random/index.js';
import { Scripted } from '../scripted.js';

const make = () =>
  new Scripted({ observationSpace: new Discrete(1), actionSpace: new Discrete(1000), observations: [0] });

test("the environment's generator decides, from the second action on", () => {
  const inner = make();
  const env = new StickyAction(inner, 0.25);
  env.reset({ seed: 5 });
  const rng = new Generator(5);
  const expected: number[] = [];
  for (let action = 0; action < 200; action++) {
    env.step(action);
    const sticks = action > 0 && rng.random() < 0.25;
    expected.push(sticks ? expected[action - 1] : action);
  }
  expect(inner.actions).toEqual(expected);
  expect(expected.filter((done, i) => done !== i).length).toBeGreaterThan(20);
});

test('an array that changes after its step is repeated as it was', () => {
  const inner = new Scripted({
    observationSpace: new Discrete(1),
    actionSpace: new Box({ low: -9, high: 9 }),
    observations: [0],
  });
  const env = new StickyAction(inner, 0.999);
  env.reset({ seed: 0 });
  const action = Float32Array.of(1);
  env.step(action);
  action[0] = 5;
  env.step(action);
  expect(inner.actions[1]).toEqual(Float32Array.of(1));
});

test('a new episode begins with the action given', () => {
  const inner = make();
  const env = new StickyAction(inner, 0.999);
  env.reset({ seed: 0 });
  env.step(1);
  env.reset();
  env.step(2);
  expect(inner.actions).toEqual([1, 2]);
  expect(() => new StickyAction(make(), 1)).toThrow(/from 0 and below 1, found 1/);
});
