/** @file Samples against numpy's draws in Gymnasium's order (golden/numpy_spaces.json, numpy 1.24). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  Box,
  Dict,
  Discrete,
  MultiBinary,
  MultiDiscrete,
  Tuple,
  type Space,
} from '../../../../src/envs/core/index.js';
import { PROJECT_ROOT } from '../../../../src/files.js';

const golden = JSON.parse(
  readFileSync(join(PROJECT_ROOT, 'test', 'golden', 'numpy_spaces.json'), 'utf8'),
) as Record<string, unknown[]>;

/** Typed arrays as plain ones. */
const plain = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(plain)
    : ArrayBuffer.isView(value)
      ? Array.from(value as Int32Array)
      : value;

const inf = Infinity;
const cases: [keyof typeof golden, Space, number][] = [
  ['discrete', new Discrete(5, 3), 7],
  ['multi_discrete', new MultiDiscrete([5, 2, 7], [0, -1, 3]), 7],
  ['multi_binary', new MultiBinary([2, 3]), 7],
  ['box_float32', new Box({ low: [-1, -inf, 0.1, -inf], high: [1, inf, 0.2, inf] }), 7],
  ['box_uint8', new Box({ low: [0, 0, 10], high: [255, 1, 12], dtype: 'uint8' }), 7],
  ['box_int32', new Box({ low: [-5, -(2 ** 31)], high: [5, 2 ** 31 - 1], dtype: 'int32' }), 7],
];

test.each(cases)('%s', (name, space, seed) => {
  space.seed(seed);
  expect(golden[name].map(() => plain(space.sample()))).toEqual(golden[name]);
});

test('tuples and dicts seed their parts with seeds drawn from theirs', () => {
  const [coin, place] = [new Discrete(6), new Box({ low: -1, high: 1, shape: [] })];
  const tuple = new Tuple([coin, place]);
  tuple.seed(11);
  expect(golden.tuple.map(() => plain(tuple.sample().map((part) => Number(plain(part)))))).toEqual(
    golden.tuple,
  );
  const dict = new Dict({ place, coin });
  dict.seed(11);
  expect(golden.tuple.map(() => dict.sample()).map(({ coin, place }) => [coin, place[0]])).toEqual(
    golden.tuple,
  );
});
