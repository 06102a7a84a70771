/** @file What holds for all spaces, whatever their parts. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  Box,
  Dict,
  Discrete,
  flattenSpace,
  MultiBinary,
  MultiDiscrete,
  Tuple,
  type Space,
} from '../../../../src/envs/core/index.js';

fc.configureGlobal({ seed: 1, numRuns: 200 });

const count = fc.integer({ min: 1, max: 6 });
const start = fc.integer({ min: -50, max: 50 });
const bound = fc.oneof(fc.constantFrom(-Infinity, Infinity), fc.float({ noNaN: true, min: -1e4, max: 1e4 }));

const floats = fc
  .tuple(
    fc.array(fc.tuple(bound, bound), { minLength: 1, maxLength: 5 }),
    fc.constantFrom('float32', 'float64'),
  )
  .map(([pairs, dtype]) => {
    const [lows, highs] = [Math.min, Math.max].map((pick) => pairs.map(([a, b]) => pick(a, b)));
    // A bound cannot be infinite towards the inside.
    const low = lows.map((value) => (value === Infinity ? 0 : value));
    const high = highs.map((value, i) => (value === -Infinity ? low[i] : value));
    const ordered = low.map((value, i) => (value > high[i] ? high[i] : value));
    return new Box({
      low: ordered,
      high: high.map((v, i) => (v === -Infinity ? 0 : Math.max(v, ordered[i]))),
      dtype,
    });
  });

const limits = { uint8: [0, 255], int32: [-(2 ** 31), 2 ** 31 - 1] } as const;
const integers = fc.constantFrom('uint8' as const, 'int32' as const).chain((dtype) => {
  const [min, max] = limits[dtype];
  return fc
    .array(fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })), { minLength: 1, maxLength: 5 })
    .map((pairs) => {
      const [low, high] = [Math.min, Math.max].map((pick) => pairs.map(([a, b]) => pick(a, b)));
      return new Box({ low, high, dtype });
    });
});

const leaf: fc.Arbitrary<Space> = fc.oneof(
  floats as fc.Arbitrary<Space>,
  integers as fc.Arbitrary<Space>,
  fc.tuple(count, start).map(([n, first]) => new Discrete(n, first)),
  fc.array(fc.tuple(count, start), { minLength: 1, maxLength: 4 }).map(
    (parts) =>
      new MultiDiscrete(
        parts.map(([n]) => n),
        parts.map(([, first]) => first),
      ),
  ),
  fc.array(count, { minLength: 1, maxLength: 3 }).map((shape) => new MultiBinary(shape)),
);
const name = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', 'c') });
const space = fc.letrec<{ space: Space }>((tie) => ({
  space: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    fc.array(tie('space'), { minLength: 1, maxLength: 3 }).map((parts) => new Tuple(parts)),
    fc.dictionary(name, tie('space'), { minKeys: 1, maxKeys: 3 }).map((parts) => new Dict(parts)),
  ),
})).space;
const seed = fc.integer({ min: 0, max: 2 ** 32 });

describe('every space', () => {
  test('contains its samples, and a seed determines them', () => {
    fc.assert(
      fc.property(space, seed, (any, number) => {
        any.seed(number);
        const samples = [any.sample(), any.sample(), any.sample()];
        expect(samples.every((sample) => any.contains(sample))).toBe(true);
        any.seed(number);
        expect([any.sample(), any.sample(), any.sample()]).toEqual(samples);
      }),
    );
  });

  test('gives back what it flattened, within the bounds of the flat space', () => {
    fc.assert(
      fc.property(space, seed, (any, number) => {
        any.seed(number);
        const value = any.sample();
        const exact = new Float64Array(any.flatSize + 2);
        any.flattenInto(value, exact, 1);
        expect(any.unflatten(exact, 1)).toEqual(value);
        expect([exact[0], exact.at(-1)]).toEqual([0, 0]);
        expect(flattenSpace(any).contains(any.flatten(value))).toBe(true);
      }),
    );
  });

  test('puts values into batches and takes them out, and its batches are a space', () => {
    fc.assert(
      fc.property(space, seed, fc.boolean(), (any, number, shared) => {
        any.seed(number);
        const values = [any.sample(), any.sample(), any.sample()];
        const batch = any.batch(3, shared);
        values.forEach((value, i) => any.put(batch, i, value));
        expect(any.batchSpace(3).contains(batch)).toBe(true);
        const larger = any.batch(5);
        any.paste(larger, 1, batch);
        expect([0, 1, 2].map((i) => any.take(larger, i + 1))).toEqual(values);
        const sample = any.batchSpace(3).sample();
        expect([0, 1, 2].every((i) => any.contains(any.take(sample, i)))).toBe(true);
      }),
    );
  });

  test('equals itself and nothing else, and refuses strangers', () => {
    fc.assert(
      fc.property(space, space, (one, other) => {
        expect(one.equals(one)).toBe(true);
        expect(one.equals(other)).toBe(other.equals(one));
        if (one.equals(other)) expect(String(one)).toBe(String(other));
        for (const stranger of [undefined, null, 'x', NaN, 1.5, {}, new BigInt64Array(3)]) {
          expect(one.contains(stranger)).toBe(false);
        }
      }),
    );
  });
});

test('a float32 sample never rounds out of narrow bounds', () => {
  const narrow = fc.tuple(fc.float({ noNaN: true, min: -100, max: 100 }), fc.integer({ min: 1, max: 3 }));
  fc.assert(
    fc.property(narrow, seed, ([low, steps], number) => {
      const box = new Box({ low, high: low + steps * 2 ** -20 });
      box.seed(number);
      for (let i = 0; i < 20; i++) expect(box.contains(box.sample())).toBe(true);
    }),
  );
});

describe('what is no space', () => {
  test.each([
    [() => new Box({ low: 1, high: 0 }), /low <= high, found 1 and 0 at element 0/],
    [() => new Box({ low: [0, 0], high: [1, 1], shape: [3] }), /shape \(3,\) expects 3 bounds, found 2/],
    [() => new Box({ low: NaN, high: 1 }), /low <= high/],
    [() => new Box({ low: -Infinity, high: 1, dtype: 'int32' }), /bounds of type int32, found -Infinity/],
    [() => new Box({ low: 0, high: 256, dtype: 'uint8' }), /bounds of type uint8, found 256/],
    [() => new Discrete(0), /n from 1, found 0/],
    [() => new Discrete(2.5), /found 2.5/],
    [() => new MultiDiscrete([2, 0]), /counts from 1, found \[2, 0\]/],
    [() => new MultiDiscrete([2], [0, 1]), /as many/],
    [() => new MultiBinary(0), /from 1, found \(0,\)/],
    [() => new Discrete(2).seed(-1), /seed: expected a whole number from 0/],
  ])('case %#', (make, message) => {
    expect(make).toThrow(message);
  });
});

test('as people read them', () => {
  const names: [Space, string][] = [
    [new Box({ low: -1, high: [1, 0.1] }), 'Box(-1, [1 0.1], (2,), float32)'],
    [new Box({ low: 0, high: 255, shape: [4, 2, 3], dtype: 'uint8' }), 'Box(0, 255, (4, 2, 3), uint8)'],
    [
      new Box({ low: -Infinity, high: Array.from({ length: 10 }, (_, i) => i) }),
      'Box(-inf, [0 1 2 3 4 5 6 7 ...], (10,), float32)',
    ],
    [new Discrete(3, -1), 'Discrete(3, start=-1)'],
    [new MultiDiscrete([2, 3], [0, 1]), 'MultiDiscrete([2 3], start=[0 1])'],
    [new MultiBinary([2, 2]), 'MultiBinary((2, 2))'],
    [new Tuple([new Discrete(2), new MultiBinary(3)]), 'Tuple(Discrete(2), MultiBinary(3))'],
    [new Dict({ b: new Discrete(2), a: new Discrete(1) }), 'Dict(a: Discrete(1), b: Discrete(2))'],
  ];
  expect(names.map(([any]) => String(any))).toEqual(names.map(([, text]) => text));
});
