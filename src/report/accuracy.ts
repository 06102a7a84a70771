/** @file Statistics of accuracies: intervals of one, and paired comparisons of two on the same images. */
import type { Generator } from '../random/index.js';
import { quantile } from './statistics.js';

export type Interval = [low: number, high: number];

/** The normal distribution's 97.5 % quantile: intervals are of 95 %. */
const Z = 1.959963984540054;
const TAIL = 0.025;

/** Wilson's score interval of a proportion, 95 % (Wilson 1927). */
export function wilsonInterval(successes: number, trials: number): Interval {
  const p = successes / trials;
  const scale = 1 + Z ** 2 / trials;
  const centre = (p + Z ** 2 / (2 * trials)) / scale;
  const half = (Z / scale) * Math.sqrt((p * (1 - p)) / trials + Z ** 2 / (4 * trials ** 2));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** The percentile bootstrap interval of a mean, 95 % (Efron 1979). */
export function bootstrapMeanInterval(values: ArrayLike<number>, rng: Generator, resamples = 2000): Interval {
  const count = values.length;
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let drawn = 0; drawn < count; drawn++) sum += values[rng.integers(0, count)];
    means[r] = sum / count;
  }
  means.sort();
  return [quantile(means, TAIL), quantile(means, 1 - TAIL)];
}

/**
 * McNemar's exact test that two classifiers err alike: the two-sided binomial p-value.
 * @param onlyFirst images that only the first gets right; `onlySecond` likewise
 */
export function mcNemar(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  let logTerm = -n * Math.LN2; // of C(n, 0) / 2^n
  let tail = Math.exp(logTerm);
  for (let i = 1; i <= Math.min(onlyFirst, onlySecond); i++) {
    logTerm += Math.log((n - i + 1) / i);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}

/** Mean and sample standard deviation; the deviation of one value is not known. */
export function meanAndDeviation(values: readonly number[]): { mean: number; deviation?: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
