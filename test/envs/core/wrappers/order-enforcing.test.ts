/** @file Wrong use is an error that says what to do. */
import { expect, test } from '@jest/globals';
import { OrderEnforcing } from '../../../../src/envs/core/index.js';
import { UserError } from '../../../../src/errors.js';
import { Rasterizer } from '../../../../src/recording/index.js';
import { Walk } from '../walk.js';

test('step, draw and render before the first reset', () => {
  const env = new OrderEnforcing(new Walk());
  expect(() => env.step(1)).toThrow(UserError);
  expect(() => env.step(1)).toThrow('Walk: step() was called before the first reset(). Call reset() first.');
  expect(() => env.draw?.(new Rasterizer({ width: 1, height: 1 }))).toThrow(/draw\(\) was called before/);
  expect(() => env.render()).toThrow(/render\(\) was called before/);
});

test.each([2, -1, 0.5, NaN, '1', undefined, Int32Array.of(1)])('the action %p is refused', (action) => {
  const env = new OrderEnforcing(new Walk());
  env.reset({ seed: 1 });
  expect(() => env.step(action as number)).toThrow(
    /^Walk: expected an action in Discrete\(2\), found .* ClipAction/,
  );
});

test('step after the end, until the next reset', () => {
  const env = new OrderEnforcing(new Walk({ size: 3 }));
  env.reset({ options: { place: 1 } });
  expect(env.step(1).terminated).toBe(true);
  expect(() => env.step(1)).toThrow(/after the episode had ended/);
  env.reset({ options: { place: 0 } });
  expect(env.step(1).terminated).toBe(false);
});
