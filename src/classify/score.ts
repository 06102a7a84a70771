/** @file The end of an evaluation: the test labels are opened, and every arm's predictions are held against them. */
import { Generator } from '../random/index.js';
import {
  bootstrapMeanInterval,
  mcNemar,
  meanAndDeviation,
  wilsonInterval,
  type ClassificationRow,
  type Interval,
} from '../report/index.js';
import type { ArmSummary } from './arm.js';
import { classificationMetrics, predictedClasses, type ClassificationMetrics } from './metrics.js';
import type { Predictions } from './predictions.js';

/** An arm with its predictions of the test images. */
export interface FinishedArm {
  summary: ArmSummary;
  predictions: Predictions;
}

/** An arm's accuracy on the test set, all other figures, and its interval over images (Wilson, 95 %). */
export interface ArmResult extends ArmSummary {
  /** After the last epoch: what is reported. */
  test: ClassificationMetrics & { interval: Interval };
  /** At the epoch where held-out accuracy was highest: beside it, not what is reported. */
  testAtBestEpoch?: { epoch: number; accuracy: number };
}

/** The arms of one encoder, protocol and part of the labels, over seeds. */
export interface ResultRow extends ClassificationRow {
  /** Mean over seeds of the accuracy at the best held-out epoch, where there are epochs. */
  accuracyAtBestEpoch?: number;
}

/** Two encoders on the same images under the same protocol. */
export interface Comparison {
  first: string;
  second: string;
  protocol: string;
  labels: number;
  /** Accuracy of the first less that of the second, mean over seeds. */
  difference: number;
  /** Bootstrap over images, paired, 95 %. */
  interval: Interval;
  /** McNemar's exact test for each pair of seeds. */
  pValues: number[];
}

export interface Scores {
  arms: ArmResult[];
  rows: ResultRow[];
  comparisons: Comparison[];
}

const BOOTSTRAP_SEED = 0;

/** @param labels of the test images */
export function scoreArms(
  arms: readonly FinishedArm[],
  labels: Int32Array,
  classes: readonly string[],
): Scores {
  const results = arms.map(({ summary, predictions }): ArmResult => {
    const test = classificationMetrics(predictions.last, labels, classes);
    const interval = wilsonInterval(Math.round(test.accuracy * labels.length), labels.length);
    const best = predictions.best && classificationMetrics(predictions.best, labels, classes).accuracy;
    return {
      ...summary,
      test: { ...test, interval },
      ...(best !== undefined &&
        summary.best !== undefined && { testAtBestEpoch: { epoch: summary.best.epoch, accuracy: best } }),
    };
  });
  const groups = new Map<string, number[]>();
  arms.forEach(({ summary: { encoder, protocol, labels: part } }, i) => {
    const key = JSON.stringify([protocol, part, encoder]);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  const right = arms.map(({ predictions }) =>
    predictedClasses(predictions.last, classes.length).map((label, i) => Number(label === labels[i])),
  );
  const groupList = [...groups.values()];
  return {
    arms: results,
    rows: groupList.map((members) =>
      rowOf(
        members.map((i) => results[i]),
        meanOf(members.map((i) => right[i])),
      ),
    ),
    comparisons: groupList.flatMap((first, i) =>
      groupList.slice(i + 1).flatMap((second) => {
        const [a, b] = [results[first[0]], results[second[0]]];
        const paired = a.protocol === b.protocol && a.labels === b.labels && first.length === second.length;
        return paired ? [compare(first, second, results, right)] : [];
      }),
    ),
  };
}

/** For each image, the fraction of seeds that get it right. */
function meanOf(right: readonly Int32Array[]): Float64Array {
  return Float64Array.from(right[0], (_, i) => right.reduce((sum, one) => sum + one[i], 0) / right.length);
}

function rowOf(members: readonly ArmResult[], correct: Float64Array): ResultRow {
  const [{ encoder, protocol, labels, test }] = members;
  const over = (value: (arm: ArmResult) => number) => meanAndDeviation(members.map(value));
  const { mean: accuracy, deviation } = over((arm) => arm.test.accuracy);
  const best = members.flatMap(({ testAtBestEpoch }) => testAtBestEpoch?.accuracy ?? []);
  return {
    encoder,
    protocol,
    labels,
    seeds: members.length,
    accuracy,
    deviation,
    interval:
      members.length === 1 ? test.interval : bootstrapMeanInterval(correct, new Generator(BOOTSTRAP_SEED)),
    balancedAccuracy: over((arm) => arm.test.balancedAccuracy).mean,
    top5: over((arm) => arm.test.top5).mean,
    calibrationError: over((arm) => arm.test.calibrationError).mean,
    ...(best.length === members.length && { accuracyAtBestEpoch: meanAndDeviation(best).mean }),
  };
}

function compare(
  first: readonly number[],
  second: readonly number[],
  results: readonly ArmResult[],
  right: readonly Int32Array[],
): Comparison {
  const [a, b] = [first, second].map((members) => meanOf(members.map((i) => right[i])));
  const differences = a.map((value, i) => value - b[i]);
  const pValues = first.map((one, seed) => {
    const other = second[seed];
    const only = (x: Int32Array, y: Int32Array) => x.reduce((sum, value, i) => sum + Number(value > y[i]), 0);
    return mcNemar(only(right[one], right[other]), only(right[other], right[one]));
  });
  const { protocol, labels } = results[first[0]];
  return {
    first: results[first[0]].encoder,
    second: results[second[0]].encoder,
    protocol,
    labels,
    difference: meanAndDeviation([...differences]).mean,
    interval: bootstrapMeanInterval(differences, new Generator(BOOTSTRAP_SEED)),
    pValues,
  };
}
