/** @file Actions on another scale. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Box, Discrete, RescaleAction } from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';

fc.configureGlobal({ seed: 1 });

const withActions = (actionSpace: Box) =>
  new Scripted({ observationSpace: new Discrete(1), actionSpace, observations: [0] });

test('ends and middle', () => {
  const inner = withActions(new Box({ low: [-2, 0], high: [2, 10] }));
  const env = new RescaleAction(inner, -1, [1, 3]);
  for (const action of [Float32Array.of(-1, -1), Float32Array.of(0, 1), Float32Array.of(1, 3)])
    env.step(action);
  expect(inner.actions).toEqual([Float32Array.of(-2, 0), Float32Array.of(0, 5), Float32Array.of(2, 10)]);
  expect(String(env.actionSpace)).toBe('Box(-1, [1 3], (2,), float32)');
});

test('rounding never leaves the bounds', () => {
  const number = fc.float({ noNaN: true, min: -1000, max: 1000 });
  fc.assert(
    fc.property(number, number, fc.float({ noNaN: true, min: -1, max: 1 }), (a, b, action) => {
      fc.pre(b - a > 1e-3);
      const inner = withActions(new Box({ low: a, high: b }));
      new RescaleAction(inner).step(Float32Array.of(action));
      expect(inner.actionSpace.contains(inner.actions[0])).toBe(true);
    }),
  );
});

test('what is out of bounds or has none is refused', () => {
  const env = new RescaleAction(withActions(new Box({ low: -2, high: 2 })));
  expect(() => env.step(Float32Array.of(1.5))).toThrow(/expected an action in Box\(-1, 1/);
  expect(() => new RescaleAction(withActions(new Box({ low: 0, high: Infinity })))).toThrow(/finite bounds/);
  expect(() => new RescaleAction(withActions(new Box({ low: 0, high: 1 })), 1, 1)).toThrow(/low < high/);
});
