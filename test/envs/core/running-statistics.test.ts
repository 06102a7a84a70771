/** @file Running mean and variance. */
import { expect, test } from '@jest/globals';
import { RunningStatistics } from '../../../src/envs/core/index.js';
import { Generator } from '../../../src/random/index.js';

test('the mean and variance of all that was seen', () => {
  const rng = new Generator(0);
  const seen = Array.from({ length: 500 }, () => [rng.normal(3, 2), rng.uniform(-1, 0)]);
  const statistics = new RunningStatistics(2);
  for (const values of seen) statistics.update(values);
  for (const i of [0, 1]) {
    const mean = seen.reduce((sum, values) => sum + values[i], 0) / seen.length;
    const variance = seen.reduce((sum, values) => sum + (values[i] - mean) ** 2, 0) / seen.length;
    expect(statistics.mean[i]).toBeCloseTo(mean, 5);
    expect(statistics.variance[i]).toBeCloseTo(variance, 4);
  }
  expect(statistics.count).toBeCloseTo(500.0001, 9);
});

test('saved and restored, it goes on as if nothing had happened', () => {
  const [one, other] = [new RunningStatistics(1, 'float32'), new RunningStatistics(1, 'float32')];
  for (const value of [0.1, 0.7, -2]) one.update([value]);
  other.state = JSON.parse(JSON.stringify(one.state)) as typeof one.state;
  for (const statistics of [one, other]) statistics.update([5]);
  expect(other.state).toEqual(one.state);
});
