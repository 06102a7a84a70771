/** @file The largest products against sorting all of them, on every engine that loads here. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/errors.js';
import { Generator } from '../../../src/random/index.js';
import { NearestRows, tf, useEngine } from '../../../src/tensor/index.js';

/** Rows of small whole numbers, whose products are exact in any order of summation and often equal. */
function wholeRows(seed: number, rows: number, dim: number): number[][] {
  const rng = new Generator(seed);
  return Array.from({ length: rows }, () => Array.from({ length: dim }, () => rng.integers(-2, 3)));
}

describe.each(['cpu', 'onednn', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine, { threads: 2 });
  });

  test.each([
    { rows: 300, known: 50, dim: 4, k: 1, block: 50 },
    { rows: 300, known: 77, dim: 300, k: 10, block: 33 }, // blocks and rows that fill no tile, a second chunk of terms
    { rows: 5, known: 40, dim: 3, k: 40, block: 16 }, // all of them
  ])('$k of $known for each of $rows, $dim numbers long', async ({ rows, known, dim, k, block }) => {
    const [a, b] = [wholeRows(1, rows, dim), wholeRows(2, known, dim)];
    const before = tf.memory().numTensors;
    const asked = tf.tensor2d(a);
    const nearest = new NearestRows(asked, k);
    for (let start = 0; start < known; start += block) {
      const offered = tf.tensor2d(b.slice(start, start + block));
      await nearest.add(offered);
      offered.dispose();
    }
    asked.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const { products, indices } = nearest.finish();
    const expected = a.map((row) => {
      const all = b.map((other) => other.reduce((sum, value, j) => sum + value * row[j], 0));
      const order = all.map((_, j) => j).sort((i, j) => all[j] - all[i] || i - j);
      return order.slice(0, k).map((j) => [j, all[j]]);
    });
    expect(Array.from(indices)).toEqual(expected.flat().map(([j]) => j));
    expect(Array.from(products)).toEqual(expected.flat().map(([, product]) => product));
  });

  test('rows of another length are refused', async () => {
    const [a, b] = [tf.zeros<tf.Rank.R2>([3, 4]), tf.zeros<tf.Rank.R2>([2, 5])];
    await expect(new NearestRows(a, 1).add(b)).rejects.toThrow(UserError);
    tf.dispose([a, b]);
  });
});
