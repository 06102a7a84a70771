/** @file Pixel observations. */
import { expect, test } from '@jest/globals';
import { AddRenderObservation, Discrete, OrderEnforcing } from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';
import { Walk } from '../walk.js';

test('the drawing at the size asked for, as it is after the step', () => {
  const env = new AddRenderObservation(new OrderEnforcing(new Walk()), { width: 5, height: 4, channels: 1 });
  expect(String(env.observationSpace)).toBe('Box(0, 255, (4, 5, 1), uint8)');
  const dark = (picture: Uint8Array) => [...picture.subarray(5, 10)].map((grey) => grey < 128);
  const first = env.reset({ options: { place: 1 } }).observation;
  expect(env.observationSpace.contains(first)).toBe(true);
  expect(dark(first)).toEqual([false, true, false, false, false]);
  const second = env.step(1).observation;
  expect(dark(second)).toEqual([false, false, true, false, false]);
  expect(dark(first)).toEqual([false, true, false, false, false]);
});

test("RGB in the screen's size by default", () => {
  const env = new AddRenderObservation(new Walk());
  expect(env.observationSpace.shape).toEqual([20, 40, 3]);
  const { observation } = env.reset({ options: { place: 0 } });
  expect([...observation.subarray((10 * 40 + 2) * 3, (10 * 40 + 3) * 3)]).toEqual([255, 0, 0]);
});

test('needs something to see', () => {
  const space = new Discrete(1);
  const blind = new Scripted({ observationSpace: space, actionSpace: space, observations: [0] });
  expect(() => new AddRenderObservation(blind)).toThrow(/give it a `screen` and a method `draw/);
});
