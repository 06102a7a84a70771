/**
 * @file Statistics of a few noisy runs, after rliable (Agarwal et al. 2021, https://arxiv.org/abs/2108.13264): what the
 * typical run reaches, how sure that is, and how likely one arm beats another. Scores are `[task][run]`: one list of
 * runs for each task. Intervals come from a stratified bootstrap: runs are drawn anew within each task.
 */
import { Generator } from '../random/index.js';

/** Scores of an arm: for each task its runs. */
export type Scores = readonly (readonly number[])[];

/** A statistic and the bounds between which it lies with the given confidence. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

export interface BootstrapOptions {
  /** Of the resamples. */
  seed: number;
  /** Default 50,000, the paper's. */
  resamples?: number;
  /** Part of the resamples' statistics between the bounds (0.95). */
  confidence?: number;
}

/** The mean over all runs of all tasks. */
export const mean = (scores: Scores): number => average(scores.flat());

/** The median over tasks of the mean over runs. */
export const medianOfMeans = (scores: Scores): number => quantile(scores.map(average).sort(ascending), 0.5);

/** The interquartile mean: of the middle half of all runs of all tasks; robust as a median, but uses more of the data. */
export function interquartileMean(scores: Scores): number {
  const sorted = scores.flat().sort(ascending);
  const cut = Math.floor(sorted.length / 4);
  return average(sorted.slice(cut, sorted.length - cut));
}

/** How far runs fall short of `target`, on average; what is beyond the target does not make up for others. */
export const optimalityGap = (scores: Scores, target: number): number =>
  average(scores.flat().map((score) => Math.max(0, target - score)));

/**
 * The chance that a run of `x` is better than one of `y` on the same task, ties counting half: Mann and Whitney's
 * U / (n m), averaged over tasks.
 * @throws RangeError when the tasks differ in number.
 */
export function probabilityOfImprovement(x: Scores, y: Scores): number {
  if (x.length !== y.length) {
    throw new RangeError(`Both arms need scores of the same tasks, got ${x.length} and ${y.length}.`);
  }
  return average(
    x.map((runs, task) => {
      const wins = runs.flatMap((a) => y[task].map((b) => (a > b ? 1 : a === b ? 0.5 : 0)));
      return average(wins);
    }),
  );
}

/**
 * The two-sided p-value of Mann and Whitney's rank test, exact also with ties: the part of all divisions of the scores
 * into groups of these sizes in which the ranks differ at least as much.
 */
export function mannWhitney(x: readonly number[], y: readonly number[]): number {
  const all = [...x, ...y].sort(ascending);
  // Twice the mean rank of equal scores: whole numbers.
  const doubleRank = (score: number) => all.indexOf(score) + all.lastIndexOf(score) + 2;
  const ranks = all.map(doubleRank);
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  // ways[k][s]: how many choices of k scores have ranks of sum s.
  const ways = Array.from({ length: x.length + 1 }, () => new Float64Array(total + 1));
  ways[0][0] = 1;
  for (const rank of ranks) {
    for (let k = x.length; k > 0; k--) {
      for (let s = total; s >= rank; s--) ways[k][s] += ways[k - 1][s - rank];
    }
  }
  const expected = x.length * (all.length + 1);
  const observed = Math.abs(x.reduce((sum, score) => sum + doubleRank(score), 0) - expected);
  let [extreme, count] = [0, 0];
  ways[x.length].forEach((number, sum) => {
    count += number;
    if (Math.abs(sum - expected) >= observed) extreme += number;
  });
  return extreme / count;
}

/** The part of all runs with a score above each of the thresholds. */
export function performanceProfile(scores: Scores, thresholds: readonly number[]): number[] {
  const all = scores.flat();
  return thresholds.map((threshold) => all.filter((score) => score > threshold).length / all.length);
}

/** A statistic of one arm with its interval. */
export const estimate = (
  scores: Scores,
  statistic: (scores: Scores) => number,
  o: BootstrapOptions,
): Estimate => bootstrap([scores], ([resampled]) => statistic(resampled), o);

/** A statistic of two arms, such as `probabilityOfImprovement`; each is resampled by itself. */
export const compareArms = (
  x: Scores,
  y: Scores,
  statistic: (x: Scores, y: Scores) => number,
  o: BootstrapOptions,
): Estimate => bootstrap([x, y], ([a, b]) => statistic(a, b), o);

function bootstrap(
  arms: readonly Scores[],
  statistic: (arms: readonly Scores[]) => number,
  { seed, resamples = 50_000, confidence = 0.95 }: BootstrapOptions,
): Estimate {
  const rng = new Generator(seed);
  const resample = (runs: readonly number[]) => runs.map(() => runs[rng.integers(0, runs.length)]);
  const statistics = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) statistics[i] = statistic(arms.map((scores) => scores.map(resample)));
  statistics.sort();
  const tail = (1 - confidence) / 2;
  return { value: statistic(arms), low: quantile(statistics, tail), high: quantile(statistics, 1 - tail) };
}

const ascending = (a: number, b: number) => a - b;

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of sorted values, linear between them, as numpy's. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  const place = (sorted.length - 1) * part;
  const low = Math.floor(place);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}
