/** @file The picture of a run's accuracies. */
import { expect, test } from '@jest/globals';
import type { Progress } from '../../src/runs/checkpoint.js';
import { drawCurve } from '../../src/pretrain/curve.js';

const progress: Progress = {
  step: 20,
  optimizerSteps: 20,
  seconds: 1,
  evaluations: [
    { epoch: 0, metrics: { 'eval/knn': 0.2, 'eval/knn_pixels': 0.4 } },
    { epoch: 1, metrics: { 'eval/knn': 0.3, 'eval/probe': 0.25 } },
    { epoch: 2, metrics: { 'eval/knn': 0.45, 'eval/probe': 0.35 } },
  ],
};

test('a point for each evaluation, a line for each baseline, the last values as text', () => {
  const svg = drawCurve('a < b', progress, 2);
  expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
  const polylines = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) => points.split(' '));
  expect(polylines.map((points) => points.length)).toEqual([2, 3]);
  const [x, y] = polylines[1]
    .map((point) => point.split(',').map(Number))
    .reduce<number[][]>(
      ([xs, ys], [px, py]) => [
        [...xs, px],
        [...ys, py],
      ],
      [[], []],
    );
  expect(x[2] - x[1]).toBeCloseTo(x[1] - x[0], 6);
  // Heights are proportional to accuracies, upwards.
  expect((y[0] - y[2]) / (y[0] - y[1])).toBeCloseTo(2.5, 2);
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
  for (const label of [
    'kNN 45.0 %',
    'linear probe 35.0 %',
    'raw pixels 40.0 %',
    'random encoder 20.0 %',
    'a &lt; b',
  ]) {
    expect(svg).toContain(`>${label}<`);
  }
});

test('labels of lines that meet are moved apart', () => {
  const close: Progress = {
    ...progress,
    evaluations: [
      { epoch: 0, metrics: { 'eval/knn': 0.4, 'eval/knn_pixels': 0.4 } },
      { epoch: 1, metrics: { 'eval/knn': 0.401, 'eval/probe': 0.4 } },
    ],
  };
  const heights = [...drawCurve('run', close, 1).matchAll(/y="([\d.]+)" text-anchor="start"/g)].map(([, y]) =>
    Number(y),
  );
  expect(heights).toHaveLength(4);
  const gaps = heights.slice(1).map((y, i) => y - heights[i]);
  expect(Math.min(...gaps)).toBeGreaterThan(17);
});
