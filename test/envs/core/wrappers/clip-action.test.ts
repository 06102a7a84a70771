/** @file Clipped actions. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Box, ClipAction, Discrete } from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';
import { Walk } from '../walk.js';

fc.configureGlobal({ seed: 1 });

const actionSpace = new Box({ low: [-2, 0], high: [2, 0.5] });
const make = () => new Scripted({ observationSpace: new Discrete(1), actionSpace, observations: [0] });

test('any numbers come to the environment within its bounds, those within unchanged', () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 2, maxLength: 2, noNaN: true }), (action) => {
      const inner = make();
      const env = new ClipAction(inner);
      expect(env.actionSpace.contains(action)).toBe(true);
      env.step(action);
      expect(actionSpace.contains(inner.actions[0])).toBe(true);
      // 0 and -0 are the same action.
      if (actionSpace.contains(action)) expect(inner.actions[0].every((x, i) => x === action[i])).toBe(true);
    }),
  );
});

test('the nearest of the valid actions', () => {
  const inner = make();
  new ClipAction(inner).step(Float32Array.of(-7, 0.75));
  expect(inner.actions).toEqual([Float32Array.of(-2, 0.5)]);
});

test('NaN, other shapes and other spaces are refused', () => {
  const env = new ClipAction(make());
  expect(() => env.step(Float32Array.of(NaN, 0))).toThrow(
    /expected an action in Box.*found Float32Array \[NaN, 0\]/,
  );
  expect(() => env.step(Float32Array.of(0))).toThrow(/expected an action/);
  expect(() => new ClipAction(new Walk() as never)).toThrow('ClipAction expects a Box, found Discrete(2).');
});
