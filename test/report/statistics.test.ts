/** @file Statistics against numpy's and scipy's values of the same numbers (trim_mean, mannwhitneyu, default_rng). */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compareArms,
  estimate,
  interquartileMean,
  mannWhitney,
  mean,
  medianOfMeans,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
} from '../../src/report/index.js';

const X = [
  [3, 1, 4, 1.5, 5],
  [9, 2, 6, 5.5, 3.5],
];
const Y = [
  [2, 7, 1, 4],
  [8, 2, 8.5, 1],
];

test('means, medians, interquartile means', () => {
  expect(mean(X)).toBeCloseTo(4.05, 12);
  expect(medianOfMeans(X)).toBeCloseTo(4.05, 12);
  expect(interquartileMean(X)).toBeCloseTo(3.8333333333333335, 12);
  expect(interquartileMean(Y)).toBeCloseTo(3.75, 12);
  expect(interquartileMean([[7]])).toBe(7);
});

test('the optimality gap: what is beyond the target makes up for nothing', () => {
  expect(optimalityGap([[0, 10, 100]], 10)).toBeCloseTo(10 / 3, 12);
});

test('the probability of improvement: ties count half, the other way round is the rest', () => {
  expect(probabilityOfImprovement(X, Y)).toBeCloseTo(0.5125, 12);
  expect(probabilityOfImprovement(Y, X)).toBeCloseTo(0.4875, 12);
  expect(probabilityOfImprovement([[1, 2]], [[1, 2]])).toBe(0.5);
  expect(() => probabilityOfImprovement(X, [[1]])).toThrow('same tasks, got 2 and 1');
});

test("Mann and Whitney's test: scipy's exact values without ties", () => {
  expect(mannWhitney([1, 2, 3], [4, 5, 6])).toBeCloseTo(0.1, 12);
  expect(mannWhitney([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBeCloseTo(2 / 252, 12);
  expect(mannWhitney([1], [2])).toBe(1);
  expect(mannWhitney([5, 5], [5, 5, 5])).toBe(1);
});

test("Mann and Whitney's test: all divisions counted one by one, ties too", () => {
  const scores = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(scores, scores, (x, y) => {
      const all = [...x, ...y];
      const distance = (first: number[], second: number[]) =>
        Math.abs(probabilityOfImprovement([first], [second]) - 0.5);
      let [extreme, count] = [0, 0];
      for (let chosen = 0; chosen < 2 ** all.length; chosen++) {
        const first = all.filter((_, i) => (chosen >> i) & 1);
        if (first.length !== x.length) continue;
        count++;
        const second = all.filter((_, i) => !((chosen >> i) & 1));
        if (distance(first, second) >= distance(x, y) - 1e-9) extreme++;
      }
      expect(mannWhitney(x, y)).toBeCloseTo(extreme / count, 12);
    }),
    { numRuns: 50 },
  );
});

test('the performance profile: parts of runs above thresholds', () => {
  expect(performanceProfile([[1, 2, 3, 4]], [0, 2, 3.5, 4])).toEqual([1, 0.5, 0.25, 0]);
});

test('intervals are those of the same resamples in numpy', () => {
  const { value, low, high } = estimate(X, interquartileMean, { seed: 7, resamples: 2000 });
  expect(value).toBe(interquartileMean(X));
  expect(low).toBeCloseTo(2.4166666666666665, 12);
  expect(high).toBeCloseTo(5.25, 12);
  const better = compareArms(X, Y, probabilityOfImprovement, { seed: 7, resamples: 500 });
  expect(better.low).toBeCloseTo(0.2059375, 12);
  expect(better.high).toBeCloseTo(0.7625, 12);
});

test('more confidence, a wider interval; the same seed, the same interval', () => {
  const at = (confidence: number) => estimate(X, mean, { seed: 1, resamples: 1000, confidence });
  expect(at(0.99).low).toBeLessThan(at(0.5).low);
  expect(at(0.99).high).toBeGreaterThan(at(0.5).high);
  expect(at(0.9)).toEqual(at(0.9));
});
