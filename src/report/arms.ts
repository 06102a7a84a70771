/** @file What a comparison of arms came to: a row an arm, as a table, and learning curves with intervals. */
import { drawCurves } from './curves.js';
import {
  compareArms,
  estimate,
  interquartileMean,
  mean,
  medianOfMeans,
  probabilityOfImprovement,
  type Estimate,
  type Scores,
} from './statistics.js';

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
  /** The chance that a run of this arm is better than one of the first arm; absent for the first. */
  beatsFirst?: Estimate;
  secondsPerRun: number;
}

const BOOTSTRAP = { seed: 0 };
/** Curves have many points. */
const CURVE_BOOTSTRAP = { seed: 0, resamples: 2000 };

const average = (values: readonly number[]) => mean([values]);
const returnOf = ({ episodes }: ArmRun['evaluations'][number]) =>
  average(episodes.map((episode) => episode.return));

/** A summary of each arm that has runs, in the order of `arms`. */
export function summariseArms(runs: readonly ArmRun[], arms: readonly string[]): ArmSummary[] {
  const present = arms.filter((arm) => runs.some((run) => run.arm === arm));
  const scoresOf = (arm: string): Scores => {
    const own = runs.filter((run) => run.arm === arm);
    return [own.map(({ evaluations }) => returnOf(evaluations[evaluations.length - 1]))];
  };
  return present.map((arm, i) => {
    const scores = scoresOf(arm);
    const first = i === 0 ? undefined : scoresOf(present[0]);
    return {
      arm,
      runs: scores[0].length,
      iqm: estimate(scores, interquartileMean, BOOTSTRAP),
      mean: mean(scores),
      median: medianOfMeans(scores[0].map((score) => [score])),
      lowest: Math.min(...scores[0]),
      beatsFirst: first && compareArms(scores, first, probabilityOfImprovement, BOOTSTRAP),
      secondsPerRun: average(runs.filter((run) => run.arm === arm).map(({ seconds }) => seconds)),
    };
  });
}

/** The summaries as a table for a terminal. */
export function armTable(summaries: readonly ArmSummary[]): string {
  const number = (value: number) => value.toFixed(1);
  const part = (value: number) => `${(100 * value).toFixed(0)} %`;
  const first = summaries[0].arm;
  const header = [
    'arm',
    'runs',
    'IQM of returns [95 %]',
    'mean',
    'median',
    'lowest',
    `beats ${first} [95 %]`,
    's/run',
  ];
  const rows = summaries.map(
    ({ arm, runs, iqm, mean: average, median, lowest, beatsFirst, secondsPerRun }) => [
      arm,
      String(runs),
      `${number(iqm.value)} [${number(iqm.low)}, ${number(iqm.high)}]`,
      number(average),
      number(median),
      number(lowest),
      beatsFirst === undefined
        ? ''
        : `${part(beatsFirst.value)} [${part(beatsFirst.low)}, ${part(beatsFirst.high)}]`,
      secondsPerRun.toFixed(0),
    ],
  );
  const all = [header, ...rows];
  // With one arm there is nothing to beat.
  if (rows.length === 1) for (const row of [header, rows[0]]) row.splice(6, 1);
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row: string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return all.map((row) => line(row).trimEnd()).join('\n');
}

/** Learning curves: the IQM over an arm's runs at each evaluation, with its interval; an SVG document. */
export function armCurves(title: string, runs: readonly ArmRun[], arms: readonly string[]): string {
  const curves = arms.flatMap((arm) => {
    const own = runs.filter((run) => run.arm === arm);
    if (own.length === 0) return [];
    const points = own[0].evaluations.map(({ step }, i) => {
      const scores: Scores = [own.map(({ evaluations }) => returnOf(evaluations[i]))];
      return { step, ...estimate(scores, interquartileMean, CURVE_BOOTSTRAP) };
    });
    return [{ name: arm, points }];
  });
  return drawCurves(title, 'return of evaluation episodes: IQM over runs, 95 % interval', curves);
}
