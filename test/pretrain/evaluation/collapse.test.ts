/** @file Eigenvalues, RankMe and the collapse measures against matrices whose spectrum is known. */
import { describe, expect, test } from '@jest/globals';
import { collapseWarning, measureCollapse, rankMe } from '../../../src/pretrain/evaluation/collapse.js';
import { symmetricEigenvalues } from '../../../src/pretrain/evaluation/eigenvalues.js';
import { Generator } from '../../../src/random/index.js';

/** Q diag(values) Q' for a product Q of random reflections. */
function withSpectrum(values: number[], seed: number): Float64Array {
  const n = values.length;
  const rng = new Generator(seed);
  let matrix = values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
  for (let reflection = 0; reflection < 3; reflection++) {
    const v = values.map(() => rng.normal());
    const h = v.reduce((sum, x) => sum + x * x, 0) / 2;
    const q = v.map((x, i) => v.map((y, j) => (i === j ? 1 : 0) - (x * y) / h));
    const product = (a: number[][], b: number[][]) =>
      a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
    matrix = product(product(q, matrix), q);
  }
  return Float64Array.from(matrix.flat().slice(0, n * n));
}

describe('symmetricEigenvalues', () => {
  test.each([
    ['distinct', [9, 5, 2.5, 1, 0.1, -3]],
    ['repeated', [4, 4, 4, 1, 1, 0, 0, 0]],
    ['of very different size', [1e6, 1, 1e-3, 0]],
    ['one', [7]],
  ])('%s', (_, values) => {
    const found = symmetricEigenvalues(withSpectrum(values, 1), values.length);
    const sorted = [...values].sort((a, b) => b - a);
    found.forEach((value, i) =>
      expect(Math.abs(value - sorted[i])).toBeLessThan(1e-12 * Math.max(1, values[0]) * 10),
    );
  });

  test('a 200 x 200 path graph: 2 - 2 cos(pi k / n)', () => {
    const n = 200;
    const laplacian = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      laplacian[i * n + i] = i === 0 || i === n - 1 ? 1 : 2;
      if (i > 0) laplacian[i * n + i - 1] = laplacian[(i - 1) * n + i] = -1;
    }
    const found = symmetricEigenvalues(laplacian, n);
    found.forEach((value, i) => expect(value).toBeCloseTo(2 - 2 * Math.cos((Math.PI * (n - 1 - i)) / n), 10));
  });

  test('a matrix that is not finite is refused', () => {
    expect(() => symmetricEigenvalues([1, NaN, NaN, 1], 2)).toThrow(RangeError);
  });
});

describe('rankMe', () => {
  test('orthogonal rows of one length use every dimension', () => {
    const identity = Float32Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 3 : 0));
    expect(rankMe(identity, 8, 8)).toBeCloseTo(8, 6);
  });

  test.each([
    [40, 6],
    [6, 40],
  ])('singular values 3 and 1, %i x %i', (n, d) => {
    // prettier-ignore
    const z = new Float32Array(n * d);
    z[0] = 3;
    z[d + 1] = 1;
    const entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));
    expect(rankMe(z, n, d)).toBeCloseTo(Math.exp(entropy), 6);
  });

  test('one direction is rank 1, nothing is rank 0', () => {
    const z = Float32Array.from({ length: 50 * 20 }, (_, i) => Math.floor(i / 20) + 1);
    expect(rankMe(z, 50, 20)).toBeLessThan(1.01);
    expect(rankMe(new Float32Array(20), 5, 4)).toBe(0);
  });
});

describe('measureCollapse', () => {
  test('Gaussian embeddings are spread evenly, and no warning follows', () => {
    const z = new Float32Array(400 * 32);
    new Generator(0).fillNormal(z, 0, 5);
    const measures = measureCollapse(z, 400, 32);
    expect(measures.embeddingStd).toBeGreaterThan(0.97);
    expect(measures.embeddingStd).toBeLessThanOrEqual(1);
    expect(measures.rankMe).toBeGreaterThan(30);
    expect(collapseWarning(measures, 32)).toBeUndefined();
  });

  test('embeddings that are all alike are warned of', () => {
    const z = new Float32Array(100 * 16);
    new Generator(0).fillNormal(z, 1, 0.01);
    expect(collapseWarning(measureCollapse(z, 100, 16), 16)).toMatch(/collapsing/);
  });
});
