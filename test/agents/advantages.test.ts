/** @file Generalised advantages against their definition. */
import { expect, test } from '@jest/globals';
import { generalizedAdvantages } from '../../src/agents/advantages.js';

const [gamma, lambda] = [0.9, 0.8];
const base = {
  steps: 3,
  numEnvs: 1,
  rewards: Float32Array.of(1, 2, 3),
  values: Float32Array.of(0.5, 1.5, 2.5),
  ended: new Uint8Array(3),
  finalValues: new Float32Array(3),
  lastValues: Float32Array.of(4),
};

const close = (found: Float32Array, expected: number[]) =>
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));

test('an episode that goes on: discounted sums of differences', () => {
  const d = [1 + 0.9 * 1.5 - 0.5, 2 + 0.9 * 2.5 - 1.5, 3 + 0.9 * 4 - 2.5];
  close(generalizedAdvantages(base, gamma, lambda), [
    d[0] + 0.72 * d[1] + 0.72 ** 2 * d[2],
    d[1] + 0.72 * d[2],
    d[2],
  ]);
});

test('lambda 1 is the return less the value, lambda 0 one step', () => {
  close(generalizedAdvantages(base, gamma, 1), [
    1 + 0.9 * 2 + 0.81 * 3 + 0.729 * 4 - 0.5,
    2 + 0.9 * 3 + 0.81 * 4 - 1.5,
    3 + 0.9 * 4 - 2.5,
  ]);
  close(generalizedAdvantages(base, gamma, 0), [1 + 0.9 * 1.5 - 0.5, 2 + 0.9 * 2.5 - 1.5, 3 + 0.9 * 4 - 2.5]);
});

test('nothing follows a termination, the final value a truncation; neither reaches into the next episode', () => {
  const ended = Uint8Array.of(0, 1, 0);
  for (const finalValue of [0, 7]) {
    const finalValues = Float32Array.of(0, finalValue, 0);
    const d = [1 + 0.9 * 1.5 - 0.5, 2 + 0.9 * finalValue - 1.5, 3 + 0.9 * 4 - 2.5];
    close(generalizedAdvantages({ ...base, ended, finalValues }, gamma, lambda), [
      d[0] + 0.72 * d[1],
      d[1],
      d[2],
    ]);
  }
});

test('environments side by side do not mix', () => {
  const twice = (values: Float32Array) =>
    Float32Array.from(values, (v) => v).reduce<number[]>((all, v) => [...all, v, 2 * v], []);
  const both = generalizedAdvantages(
    {
      steps: 3,
      numEnvs: 2,
      rewards: Float32Array.from(twice(base.rewards)),
      values: Float32Array.from(twice(base.values)),
      ended: new Uint8Array(6),
      finalValues: new Float32Array(6),
      lastValues: Float32Array.of(4, 8),
    },
    gamma,
    lambda,
  );
  const one = generalizedAdvantages(base, gamma, lambda);
  close(both, twice(one));
});
