/** @file Buckets hide nothing: their extremes and means are those of all records. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MOST_BUCKETS, Series } from '../../src/dashboard/series.js';
import { Generator } from '../../src/random/index.js';

test('few records come back as they are', () => {
  const series = new Series();
  [3, 1, 2].forEach((value, i) => series.add(10 * i, i / 2, value));
  expect(series.data()).toEqual({
    recordsPerBucket: 1,
    step: [0, 10, 20],
    epoch: [0, 0.5, 1],
    mean: [3, 1, 2],
    last: 2,
  });
});

test('of any number of records, each bucket has the extremes, the mean and the last step of its own', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 * MOST_BUCKETS }), fc.nat(), (count, seed) => {
      const generator = new Generator(seed);
      const values = Array.from({ length: count }, () => generator.random() - 0.5);
      const series = new Series();
      values.forEach((value, i) => series.add(i, i / count, value));
      const { recordsPerBucket, step, epoch, mean, low = mean, high = mean, last } = series.data();
      expect(step.length).toBeLessThanOrEqual(MOST_BUCKETS);
      expect(step).toHaveLength(Math.ceil(count / recordsPerBucket));
      // Not coarser than it must be.
      expect(recordsPerBucket === 1 || count > (MOST_BUCKETS * recordsPerBucket) / 2).toBe(true);
      const own = step.map((_, i) => values.slice(i * recordsPerBucket, (i + 1) * recordsPerBucket));
      const sums = own.map((bucket) => bucket.reduce((sum, value) => sum + value));
      expect(low).toEqual(own.map((bucket) => Math.min(...bucket)));
      expect(high).toEqual(own.map((bucket) => Math.max(...bucket)));
      expect(Math.max(...own.map(({ length }, i) => Math.abs(mean[i] - sums[i] / length)))).toBeLessThan(
        1e-12,
      );
      expect(step).toEqual(own.map(({ length }, i) => i * recordsPerBucket + length - 1));
      expect(epoch).toEqual(step.map((at) => at / count));
      expect(last).toBe(values.at(-1));
    }),
    { numRuns: 20 },
  );
});
