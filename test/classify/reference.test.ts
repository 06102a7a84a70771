/** @file Linear probe, kNN and figures against scikit-learn and PyTorch on the same features (where they are installed). */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { knnAccuracy } from '../../src/classify/index.js';
import { fitHeads, headProbabilities } from '../../src/classify/heads.js';
import { fitLogistic } from '../../src/classify/lbfgs.js';
import { accuracyOf, classificationMetrics } from '../../src/classify/metrics.js';
import { saveSafetensors, type StoredTensor } from '../../src/encoders/index.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { useEngine } from '../../src/tensor/index.js';
import { clouds } from './blobs.js';
import { newFolder } from './stub.js';

const hasReference = spawnSync('/usr/bin/python3', ['-c', 'import sklearn, torch']).status === 0;

const [DIM, CLASSES, DECAY, K, TEMPERATURE] = [32, 7, 1e-3, 50, 0.1];
/** Half a point, as promised. */
const TOLERANCE = 0.005;

interface Reference {
  linear: { accuracy: number; probabilities: number[][] };
  knn: number;
  knn_torch: number;
  metrics: Record<string, number>;
  precision: number[];
  recall: number[];
  f1: number[];
}

(hasReference ? describe : describe.skip)('scikit-learn and PyTorch', () => {
  const bank = clouds(1, 1500, DIM, CLASSES, 3);
  const queries = clouds(2, 1000, DIM, CLASSES, 3);
  let reference: Reference;
  let probabilities: Float32Array;
  let sgdAccuracy: number;

  beforeAll(async () => {
    await useEngine();
    const { head } = await fitLogistic(bank, queries, { classes: CLASSES, weightDecays: [DECAY] });
    probabilities = await headProbabilities(head, queries);
    head.dispose();
    const sgd = await fitHeads(bank, queries, {
      classes: CLASSES,
      hidden: [],
      epochs: 40,
      batchSize: 64,
      lrs: [0.1],
      weightDecays: [DECAY],
      seed: 0,
    });
    sgdAccuracy = sgd!.chosen.accuracy;
    const path = join(newFolder(), 'features.safetensors');
    const floats = (shape: number[], data: Float32Array): StoredTensor => ({ dtype: 'F32', shape, data });
    const whole = (data: Int32Array): StoredTensor => ({ dtype: 'I32', shape: [data.length], data });
    saveSafetensors(
      path,
      new Map([
        ['bank', floats([bank.count, DIM], bank.features)],
        ['bank_labels', whole(bank.labels)],
        ['queries', floats([queries.count, DIM], queries.features)],
        ['query_labels', whole(queries.labels)],
        ['scores', floats([queries.count, CLASSES], probabilities)],
      ]),
    );
    const script = join(PROJECT_ROOT, 'test', 'classify', 'reference.py');
    const { stdout, stderr } = spawnSync(
      '/usr/bin/python3',
      [script, path, ...[DECAY, K, TEMPERATURE].map(String)],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    reference = JSON.parse(stdout) as Reference;
  });

  test('logistic regression has the same minimum', () => {
    const ours = accuracyOf(probabilities, queries.labels);
    expect(ours).toBeGreaterThan(0.6);
    expect(ours).toBeLessThan(0.95); // a task that tells methods apart
    expect(Math.abs(ours - reference.linear.accuracy)).toBeLessThanOrEqual(TOLERANCE);
    reference.linear.probabilities
      .flat()
      .forEach((p, i) => expect(Math.abs(p - probabilities[i])).toBeLessThan(5e-3));
  });

  test('the linear probe by SGD is within half a point of it', () => {
    expect(Math.abs(sgdAccuracy - reference.linear.accuracy)).toBeLessThanOrEqual(TOLERANCE);
  });

  test('kNN', async () => {
    const ours = await knnAccuracy(bank, queries, { k: K, temperature: TEMPERATURE });
    expect(Math.abs(ours - reference.knn)).toBeLessThanOrEqual(0.001);
    expect(Math.abs(ours - reference.knn_torch)).toBeLessThanOrEqual(0.001);
  });

  test('figures of predictions', () => {
    const names = Array.from({ length: CLASSES }, (_, i) => `class ${i}`);
    const { confusion, perClass, ...ours } = classificationMetrics(probabilities, queries.labels, names);
    const { confusion: theirs, ...scalars } = reference.metrics;
    expect(confusion).toEqual(theirs);
    for (const [name, value] of Object.entries(scalars)) {
      expect([name, ours[name as keyof typeof ours]]).toEqual([name, expect.closeTo(value, 5)]);
    }
    for (const figure of ['precision', 'recall', 'f1'] as const) {
      perClass.forEach((one, i) => expect(one[figure]).toBeCloseTo(reference[figure][i], 10));
    }
  });
});
