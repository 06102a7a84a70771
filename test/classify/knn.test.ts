/** @file Blocked kNN against a literal one. */
import { beforeAll, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.js';
import { knnAccuracy, type LabelledFeatures } from '../../src/classify/knn.js';
import { Generator } from '../../src/random/index.js';
import { useEngine } from '../../src/tensor/index.js';

beforeAll(async () => {
  await useEngine('cpu');
});

/** Noisy features around a direction for each class. */
function blobs(seed: number, count: number, dim: number, classes: number, noise: number): LabelledFeatures {
  const rng = new Generator(seed);
  const labels = Int32Array.from({ length: count }, () => rng.integers(0, classes));
  const features = new Float32Array(count * dim);
  rng.fillNormal(features, 0, noise);
  labels.forEach((label, i) => (features[i * dim + label] += 1));
  return { features, labels, count };
}

function bruteForce(
  bank: LabelledFeatures,
  queries: LabelledFeatures,
  k: number,
  temperature: number,
): number {
  const dim = bank.features.length / bank.count;
  const rows = ({ features, count }: LabelledFeatures) =>
    Array.from({ length: count }, (_, i) => [...features.subarray(i * dim, (i + 1) * dim)]).map((row) => {
      const norm = Math.hypot(...row);
      return row.map((value) => value / norm);
    });
  const bankRows = rows(bank);
  const correct = rows(queries).filter((query, i) => {
    const cosines = bankRows.map((row) => row.reduce((sum, value, j) => sum + value * query[j], 0));
    const order = cosines.map((_, j) => j).sort((a, b) => cosines[b] - cosines[a]);
    const votes = new Map<number, number>();
    for (const j of order.slice(0, k)) {
      votes.set(bank.labels[j], (votes.get(bank.labels[j]) ?? 0) + Math.exp(cosines[j] / temperature));
    }
    const winner = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0][0];
    return winner === queries.labels[i];
  });
  return correct.length / queries.count;
}

test.each([
  [1, 0.1],
  [7, 0.07],
  [50, 0.1],
  [50, 1],
  [1000, 0.1],
])('k %i, temperature %d', async (k, temperature) => {
  const bank = blobs(1, 400, 12, 5, 0.45);
  const queries = blobs(2, 300, 12, 5, 0.45); // more than a block of queries
  const found = await knnAccuracy(bank, queries, { k, temperature });
  expect(found).toBeCloseTo(bruteForce(bank, queries, k, temperature), 10);
  expect(found).toBeGreaterThan(0.3);
});

test('the scale of features does not matter', async () => {
  const bank = blobs(1, 100, 8, 4, 0.3);
  const queries = blobs(2, 60, 8, 4, 0.3);
  const scaled = { ...queries, features: queries.features.map((value) => value * 1000) };
  expect(await knnAccuracy(bank, scaled)).toBe(await knnAccuracy(bank, queries));
});

test('features of two sizes are refused', async () => {
  await expect(knnAccuracy(blobs(1, 10, 8, 2, 1), blobs(1, 10, 7, 2, 1))).rejects.toThrow(UserError);
});
