/** @file Running statistics against those of all rows at once. */
import { expect, test } from '@jest/globals';
import { Normalizer } from '../../src/agents/normalizer.js';
import { Generator } from '../../src/random/index.js';

const rows = new Generator(0).fillNormal(new Float32Array(300), 5, 3);

test('statistics over batches of any sizes are those of all rows', () => {
  const normalizer = new Normalizer(3);
  for (const [start, end] of [
    [0, 1],
    [1, 40],
    [40, 100],
  ]) {
    normalizer.update(rows.subarray(3 * start, 3 * end), end - start);
  }
  const { mean, variance, count } = normalizer.getState();
  expect(count).toBe(100);
  for (let i = 0; i < 3; i++) {
    const column = rows.filter((_, at) => at % 3 === i);
    const average = column.reduce((sum, value) => sum + value, 0) / 100;
    expect(mean[i]).toBeCloseTo(average, 6);
    expect(variance[i]).toBeCloseTo(column.reduce((sum, value) => sum + (value - average) ** 2, 0) / 100, 5);
  }
});

test('rows get mean 0 and deviation 1, in every frame of a stack; far outliers are cut off', () => {
  const normalizer = new Normalizer(3);
  normalizer.update(rows, 100);
  const out = normalizer.apply(rows, 50, 2, new Float32Array(300));
  for (let i = 0; i < 3; i++) {
    const column = out.filter((_, at) => at % 3 === i);
    expect(column.reduce((sum, value) => sum + value, 0) / 100).toBeCloseTo(0, 5);
    expect(column.reduce((sum, value) => sum + value * value, 0) / 100).toBeCloseTo(1, 5);
  }
  expect([...normalizer.apply([1e6, -1e6, 5], 1, 1, new Float32Array(3))].slice(0, 2)).toEqual([10, -10]);
});

test('rows pass unchanged before the first update; a state goes on', () => {
  const [a, b] = [new Normalizer(3), new Normalizer(3)];
  expect(a.apply([1, 2, 3], 1, 1, new Float32Array(3))).toEqual(Float32Array.of(1, 2, 3));
  a.update(rows.subarray(0, 30), 10);
  b.setState(structuredClone(a.getState()));
  for (const normalizer of [a, b]) normalizer.update(rows.subarray(30, 60), 10);
  expect(b.getState()).toEqual(a.getState());
});
