/** @file What a comparison of arms came to: a row an arm, as a table; learning curves and performance profiles. */
import { drawCurves, type Curve } from './curves.js';
import {
  compareArms,
  estimate,
  interquartileMean,
  mean,
  medianOfMeans,
  optimalityGap,
  performanceProfile,
  probabilityOfImprovement,
  type Estimate,
  type Scores,
} from './statistics.js';
import { formatTable } from './table.js';

/** One run of an arm: its evaluations in order. */
export interface ArmRun {
  arm: string;
  seconds: number;
  evaluations: readonly { step: number; episodes: readonly { return: number }[] }[];
}

/** Statistics of the runs' mean returns at their last evaluation. */
export interface ArmSummary {
  arm: string;
  runs: number;
  iqm: Estimate;
  mean: number;
  median: number;
  lowest: number;
  /** How far runs fall short of the return at which the environment counts as solved, if there is one. */
  gap?: Estimate & { target: number };
  /** The chance that a run of this arm is better than one of the first arm; absent for the first. */
  beatsFirst?: Estimate;
  secondsPerRun: number;
}

const BOOTSTRAP = { seed: 0 };
/** Curves have many points. */
const CURVE_BOOTSTRAP = { seed: 0, resamples: 2000 };
/** Of a performance profile. */
const THRESHOLDS = 101;

const average = (values: readonly number[]) => mean([values]);
const returnOf = ({ episodes }: ArmRun['evaluations'][number]) =>
  average(episodes.map((episode) => episode.return));
const runsOf = (runs: readonly ArmRun[], arm: string) => runs.filter((run) => run.arm === arm);
const presentIn = (runs: readonly ArmRun[], arms: readonly string[]) =>
  arms.filter((arm) => runsOf(runs, arm).length > 0);
/** The runs' mean returns at their last evaluation: one task. */
const finalScores = (runs: readonly ArmRun[], arm: string): Scores => [
  runsOf(runs, arm).map(({ evaluations }) => returnOf(evaluations[evaluations.length - 1])),
];

/**
 * A summary of each arm that has runs, in the order of `arms`.
 * @param target the return at which the environment counts as solved
 */
export function summariseArms(
  runs: readonly ArmRun[],
  arms: readonly string[],
  target?: number,
): ArmSummary[] {
  const present = presentIn(runs, arms);
  return present.map((arm, i) => {
    const scores = finalScores(runs, arm);
    const first = i === 0 ? undefined : finalScores(runs, present[0]);
    const shortfall = (of: Scores) => optimalityGap(of, target ?? 0);
    return {
      arm,
      runs: scores[0].length,
      iqm: estimate(scores, interquartileMean, BOOTSTRAP),
      mean: mean(scores),
      median: medianOfMeans(scores[0].map((score) => [score])),
      lowest: Math.min(...scores[0]),
      gap: target === undefined ? undefined : { target, ...estimate(scores, shortfall, BOOTSTRAP) },
      beatsFirst: first && compareArms(scores, first, probabilityOfImprovement, BOOTSTRAP),
      secondsPerRun: average(runsOf(runs, arm).map(({ seconds }) => seconds)),
    };
  });
}

const number = (value: number) => value.toFixed(1);
const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
const withBounds = ({ value, low, high }: Estimate, show: (value: number) => string) =>
  `${show(value)} [${show(low)}, ${show(high)}]`;

/** The summaries as a table for a terminal. */
export function armTable(summaries: readonly ArmSummary[]): string {
  const [{ arm: first, gap }] = summaries;
  const columns: [title: string, cell: (summary: ArmSummary) => string][] = [
    ['arm', ({ arm }) => arm],
    ['runs', ({ runs }) => String(runs)],
    ['IQM of returns [95 %]', ({ iqm }) => withBounds(iqm, number)],
    ['mean', (summary) => number(summary.mean)],
    ['median', ({ median }) => number(median)],
    ['lowest', ({ lowest }) => number(lowest)],
  ];
  if (gap !== undefined) {
    columns.push([`gap to ${gap.target}`, (summary) => (summary.gap ? number(summary.gap.value) : '')]);
  }
  // With one arm there is nothing to beat.
  if (summaries.length > 1) {
    columns.push([
      `beats ${first} [95 %]`,
      ({ beatsFirst }) => (beatsFirst ? withBounds(beatsFirst, percent) : ''),
    ]);
  }
  columns.push(['s/run', ({ secondsPerRun }) => secondsPerRun.toFixed(0)]);
  const rows = [
    columns.map(([title]) => title),
    ...summaries.map((summary) => columns.map(([, cell]) => cell(summary))),
  ];
  return formatTable(rows, [...columns.keys()].slice(1));
}

/** Learning curves: the IQM over an arm's runs at each evaluation, with its interval; an SVG document. */
export function armCurves(title: string, runs: readonly ArmRun[], arms: readonly string[]): string {
  const curves = presentIn(runs, arms).map((arm): Curve => {
    const own = runsOf(runs, arm);
    const points = own[0].evaluations.map(({ step }, i) => {
      const scores: Scores = [own.map(({ evaluations }) => returnOf(evaluations[i]))];
      return { x: step, ...estimate(scores, interquartileMean, CURVE_BOOTSTRAP) };
    });
    return { name: arm, points };
  });
  const label = 'return of evaluation episodes: interquartile mean over runs, 95 % interval';
  return drawCurves({ title, label, axis: 'environment steps' }, curves);
}

/** Performance profiles: the part of an arm's runs whose final return is above each threshold; an SVG document. */
export function armProfile(title: string, runs: readonly ArmRun[], arms: readonly string[]): string {
  const present = presentIn(runs, arms);
  const scores = present.map((arm) => finalScores(runs, arm));
  const all = scores.flat(2);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const margin = 0.02 * Math.max(high - low, 1);
  const thresholds = Array.from(
    { length: THRESHOLDS },
    (_, i) => low - margin + ((high - low + 2 * margin) * i) / (THRESHOLDS - 1),
  );
  const curves = present.map((arm, i): Curve => ({
    name: arm,
    points: thresholds.map((threshold) => {
      const above = (of: Scores) => performanceProfile(of, [threshold])[0];
      return { x: threshold, ...estimate(scores[i], above, CURVE_BOOTSTRAP) };
    }),
  }));
  const label = 'part of runs with a higher final return, 95 % interval';
  return drawCurves({ title, label, axis: 'return' }, curves);
}
