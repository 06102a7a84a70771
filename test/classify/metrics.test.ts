/** @file Figures of predictions, counted by hand. */
import { describe, expect, test } from '@jest/globals';
import { accuracyOf, classificationMetrics, predictedClasses } from '../../src/classify/metrics.js';

const CLASSES = ['a', 'b', 'c'];
const LABELS = Int32Array.of(0, 0, 0, 1, 1, 0);
const ROWS = [
  [0.7, 0.2, 0.1], // right
  [0.6, 0.3, 0.1], // right
  [0.3, 0.6, 0.1], // b for a
  [0.1, 0.8, 0.1], // right
  [0.5, 0.1, 0.4], // a for b
  [0.9, 0.1, 0.0], // right
];
const PROBABILITIES = Float32Array.from(ROWS.flat());

describe('classificationMetrics', () => {
  const metrics = classificationMetrics(PROBABILITIES, LABELS, CLASSES);

  test('accuracies', () => {
    expect(metrics.accuracy).toBeCloseTo(4 / 6, 12);
    expect(metrics.balancedAccuracy).toBeCloseTo((3 / 4 + 1 / 2) / 2, 12); // c does not occur
    expect(metrics.top5).toBe(1);
    expect(metrics.confusion).toEqual([
      [3, 1, 0],
      [1, 1, 0],
      [0, 0, 0],
    ]);
  });

  test('classes', () => {
    expect(metrics.perClass.map(({ name, support }) => [name, support])).toEqual([
      ['a', 4],
      ['b', 2],
      ['c', 0],
    ]);
    expect(metrics.perClass[1]).toMatchObject({ precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(metrics.perClass[2]).toMatchObject({ precision: 0, recall: 0, f1: 0 });
  });

  test('likelihood and calibration', () => {
    const likelihoods = [0.7, 0.6, 0.3, 0.8, 0.1, 0.9];
    const expected = -likelihoods.reduce((sum, p) => sum + Math.log(p), 0) / 6;
    expect(metrics.negativeLogLikelihood).toBeCloseTo(expected, 6);
    // Two of confidence .6 share a bin, one of them right; the others are alone in theirs.
    const gaps = Math.abs(2 * 0.6 - 1) + 0.5 + (1 - 0.7) + (1 - 0.8) + (1 - 0.9);
    expect(metrics.calibrationError).toBeCloseTo(gaps / 6, 6);
  });
});

test('top-5 of seven classes; ties go to the class that comes first', () => {
  const names = [...'abcdefg'];
  const even = new Float32Array(14).fill(1 / 7);
  expect(predictedClasses(even, 7)).toEqual(Int32Array.of(0, 0));
  expect(classificationMetrics(even, Int32Array.of(4, 5), names).top5).toBe(0.5);
  expect(accuracyOf(even, Int32Array.of(0, 6))).toBe(0.5);
});
