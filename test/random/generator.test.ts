/** @file The generator against values drawn by numpy 1.24 (golden/numpy_more.json) and a newer one (golden/numpy_generator.json). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROJECT_ROOT } from '../../src/files.js';
import { Generator } from '../../src/random/index.js';

interface Reference {
  seed: number;
  state: string;
  inc: string;
  random: number[];
  integers_0_10: number[];
  'uniform_-0.05_0.05': number[];
  normal: number[];
  integers_2pow40: number[];
  permutation_10: number[];
  choice_p: number[];
}
type Seed = number | number[];
interface Draws {
  random: number[];
  normal: number[];
  integers: number[];
  shuffle: number[];
  negative: number[];
  uniform: number;
  last: number;
}
interface More {
  seeds: { seed: Seed; draws: Draws }[];
  spawn: { seed: Seed; children: number[]; grandchildren: number[]; next: number }[];
  normal300k: { seed: number; sha256: string; max: number; tail: number; after: number };
  choice: { seed: number; p: number[]; draws: number[]; uniform: number[] };
  permutation: { seed: number; values: number[] };
}

const golden = (name: string): unknown =>
  JSON.parse(readFileSync(join(PROJECT_ROOT, 'test', 'golden', name), 'utf8'));
const reference = golden('numpy_generator.json') as Reference[];
const more = golden('numpy_more.json') as More;
const repeat = (count: number, draw: () => number) => Array.from({ length: count }, draw);

describe('default_rng', () => {
  test.each(reference)('seed $seed: every distribution in turn', (expected) => {
    const rng = new Generator(expected.seed);
    expect(rng.getState()).toMatchObject({ state: expected.state, increment: expected.inc });
    expect(repeat(8, () => rng.random())).toEqual(expected.random);
    expect(repeat(12, () => rng.integers(0, 10))).toEqual(expected.integers_0_10);
    expect(repeat(4, () => rng.uniform(-0.05, 0.05))).toEqual(expected['uniform_-0.05_0.05']);
    expect(repeat(6, () => rng.normal())).toEqual(expected.normal);
    expect(repeat(4, () => rng.integers(0, 2 ** 40))).toEqual(expected.integers_2pow40);
    expect([...rng.permutation(10)]).toEqual(expected.permutation_10);
    expect(repeat(6, () => rng.choice(4, [0.1, 0.2, 0.3, 0.4]))).toEqual(expected.choice_p);
  });

  test.each(more.seeds)('seed $seed: ranges of 1 to 53 bits, shuffle', ({ seed, draws }) => {
    const rng = new Generator(seed);
    expect(repeat(3, () => rng.random())).toEqual(draws.random);
    expect(repeat(3, () => rng.normal())).toEqual(draws.normal);
    const spans = [2, 7, 1000, 3 * 2 ** 30, 2 ** 32, 2 ** 32, 2 ** 33 + 5, 2 ** 53 - 1, 2 ** 32 - 1, 3];
    expect(spans.map((span) => rng.integers(0, span))).toEqual(draws.integers);
    expect(rng.shuffle(Array.from({ length: 13 }, (_, i) => i))).toEqual(draws.shuffle);
    expect(repeat(4, () => rng.integers(-5, 6))).toEqual(draws.negative);
    expect(rng.uniform(2, 3)).toBe(draws.uniform);
    expect(rng.random()).toBe(draws.last);
  });

  test('300,000 normals are the same doubles, tail included', () => {
    const { seed, sha256, max, tail, after } = more.normal300k;
    const rng = new Generator(seed);
    const x = rng.fillNormal(new Float64Array(300_000));
    expect(x.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBe(max);
    expect(x.filter((value) => Math.abs(value) > 3.6541528853610088)).toHaveLength(tail);
    expect(createHash('sha256').update(new Uint8Array(x.buffer)).digest('hex')).toBe(sha256);
    expect(rng.random()).toBe(after);
  });

  test('choice and a long permutation', () => {
    const rng = new Generator(more.choice.seed);
    expect(repeat(20, () => rng.choice(4, more.choice.p))).toEqual(more.choice.draws);
    expect(repeat(6, () => rng.choice(5))).toEqual(more.choice.uniform);
    expect([...new Generator(more.permutation.seed).permutation(1000)]).toEqual(more.permutation.values);
  });

  test.each(more.spawn)('spawn from seed $seed', ({ seed, children, grandchildren, next }) => {
    const rng = new Generator(seed);
    const spawned = rng.spawn(3);
    expect(spawned[1].spawn(2).map((child) => child.random())).toEqual(grandchildren);
    expect(spawned.map((child) => child.random())).toEqual(children);
    expect(rng.spawn(1)[0].random()).toBe(next);
  });

  test('a state that went through JSON draws and spawns on', () => {
    for (const seed of [3, [2 ** 40, 1]]) {
      const rng = new Generator(seed);
      rng.integers(0, 10); // leaves half of a draw
      rng.spawn(2);
      const copy = Generator.fromState(
        JSON.parse(JSON.stringify(rng.getState())) as ReturnType<typeof rng.getState>,
      );
      expect(repeat(5, () => copy.integers(0, 10))).toEqual(repeat(5, () => rng.integers(0, 10)));
      expect(copy.normal()).toBe(rng.normal());
      expect(copy.spawn(1)[0].random()).toBe(rng.spawn(1)[0].random());
    }
  });

  test('bad arguments are refused', () => {
    const rng = new Generator(0);
    expect(() => new Generator(-1)).toThrow(/negative/);
    expect(() => new Generator(1.5)).toThrow(/whole number/);
    expect(() => rng.integers(3, 3)).toThrow(/low < high/);
    expect(() => rng.choice(2, [0.5, 0.6])).toThrow(/sum to 1/);
    expect(() => rng.choice(3, [0.5, 0.5])).toThrow(/3 probabilities/);
  });
});
