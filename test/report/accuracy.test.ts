/** @file Statistics of accuracies against scipy's values. */
import { describe, expect, test } from '@jest/globals';
import { Generator } from '../../src/random/index.js';
import { bootstrapMeanInterval, mcNemar, meanAndDeviation, wilsonInterval } from '../../src/report/index.js';

test.each([
  // scipy.stats.binomtest(k, n).proportion_ci(method='wilson')
  [8, 10, 0.4901624715366418, 0.9433178485456248],
  [4610, 10000, 0.45124687707198835, 0.47078307480092446],
  [0, 20, 0, 0.16112515805281935],
  [20, 20, 0.8388748419471808, 1],
])('Wilson: %d of %d', (k, n, low, high) => {
  const interval = wilsonInterval(k, n);
  expect(interval[0]).toBeCloseTo(low, 12);
  expect(interval[1]).toBeCloseTo(high, 12);
});

test.each([
  // scipy.stats.binomtest(min(b, c), b + c).pvalue
  [5, 15, 0.04138946533203125],
  [15, 5, 0.04138946533203125],
  [0, 0, 1],
  [10, 10, 1],
  [900, 1000, 0.0231088451089012],
])('McNemar: %d against %d', (b, c, p) => {
  expect(mcNemar(b, c)).toBeCloseTo(p, 10);
});

describe('the bootstrap interval of a mean', () => {
  const values = new Generator(1).fillNormal(new Float64Array(400), 3, 2);

  test('is near that of the normal distribution, and reproducible', () => {
    const { mean, deviation } = meanAndDeviation([...values]);
    const half = (1.96 * deviation!) / Math.sqrt(values.length);
    const [low, high] = bootstrapMeanInterval(values, new Generator(0));
    expect(Math.abs(low - (mean - half))).toBeLessThan(0.1 * half);
    expect(Math.abs(high - (mean + half))).toBeLessThan(0.1 * half);
    expect(bootstrapMeanInterval(values, new Generator(0))).toEqual([low, high]);
  });

  test('of equal values has no width', () => {
    expect(bootstrapMeanInterval([2, 2, 2], new Generator(0), 50)).toEqual([2, 2]);
  });
});

test('one value has no deviation', () => {
  expect(meanAndDeviation([0.5])).toEqual({ mean: 0.5 });
  expect(meanAndDeviation([1, 2, 4]).deviation).toBeCloseTo(1.5275252316519468, 12);
});
