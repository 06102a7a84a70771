/** @file FrozenLake: maps, options, the way over the ice. */
import { describe, expect, test } from '@jest/globals';
import { generateRandomMap, make } from '../../../src/envs/index.js';
import { FrozenLake } from '../../../src/envs/toy/frozen-lake.js';

const lake = (options: Record<string, unknown>) => make<number, number>('FrozenLake-v1', options);

describe('random maps', () => {
  // Made by Gymnasium's algorithm with numpy 2.4.6: choice(["F", "H"], (size, size), p=[p, 1 - p]) until there is a way.
  test.each([
    [{ size: 4, p: 0.8, seed: 0 }, 'SFFF HHFF FHHF HFFG'],
    [{ size: 8, p: 0.8, seed: 1 }, 'SHFHFFHF FFFFFFFF FFFFFFFH HFFFFHFF FFFHFFFF FHFFHFFF FHFFFHFF HHHFFFFG'],
    [{ size: 5, p: 0.5, seed: 7 }, 'SHFFF FHFFF FFFFF HFHFF HFHHG'],
    [{ size: 6, p: 0.4, seed: 2 }, 'SFHFFH HFFHHH FHFFHH FHFHHF HFFFFH FFHFFG'],
  ])('%j', (options, map) => {
    expect(generateRandomMap(options)).toEqual(map.split(' '));
  });

  test('without a seed they differ, and an environment makes its own', () => {
    expect(generateRandomMap({ size: 20 })).not.toEqual(generateRandomMap({ size: 20 }));
    const env = lake({ mapName: null }).unwrapped as FrozenLake;
    expect(env.map).toHaveLength(8);
    expect(env.observationSpace.n).toBe(64);
  });

  test.each([
    { size: 1 },
    { size: 2.5 },
    { p: 0 },
    { p: 1.1 },
    { p: NaN },
    { p: 1e-9, size: 3 },
    { seed: -1 },
  ])('%j is refused', (options) => {
    expect(() => generateRandomMap(options)).toThrow(/^(size|p|seed): .* found /);
  });
});

test('without slipping, the shortest way gives 1 in 6 steps', () => {
  const env = lake({ isSlippery: false });
  env.reset({ seed: 0 });
  const steps = [1, 1, 2, 1, 2, 2].map((action) => env.step(action));
  expect(steps.map(({ observation }) => observation)).toEqual([4, 8, 9, 13, 14, 15]);
  expect(steps.map(({ reward }) => reward)).toEqual([0, 0, 0, 0, 0, 1]);
  expect(steps.at(-1)).toMatchObject({ terminated: true, info: { prob: 1 } });
});

test('a hole ends it, borders stop it, a map of one is possible', () => {
  const env = lake({ desc: ['SFH', 'FFG'], isSlippery: false, rewardSchedule: [5, -2, -1] });
  env.reset({ seed: 0 });
  expect(env.step(0)).toMatchObject({ observation: 0, reward: -1, terminated: false });
  expect(env.step(3)).toMatchObject({ observation: 0, reward: -1 });
  expect(env.step(2)).toMatchObject({ observation: 1, reward: -1 });
  expect(env.step(2)).toMatchObject({ observation: 2, reward: -2, terminated: true });
});

test.each([7, 11, 600])('a map of %i tiles has a screen of whole pixels', (width) => {
  const desc = ['S'.padEnd(width, 'F'), 'F'.padStart(width, 'F')];
  const { screen } = lake({ desc });
  const cell = screen!.height / 2;
  expect(Number.isInteger(cell)).toBe(true);
  expect(screen).toEqual({ width: cell * width, height: cell * 2 });
});

test('several starts have equal chances', () => {
  const env = lake({ desc: ['SFS', 'FFG'] });
  env.reset({ seed: 1 });
  const first = Array.from({ length: 400 }, () => env.reset().observation);
  expect(new Set(first)).toEqual(new Set([0, 2]));
  expect(Math.abs(first.filter((state) => state === 0).length - 200)).toBeLessThan(50);
});

test.each([
  [{ mapName: 'constructor' }, 'mapName: expected 4x4 or 8x8, found "constructor".'],
  [{ mapName: '5x5' }, 'mapName: expected 4x4 or 8x8, found "5x5".'],
  [{ desc: ['SF', 'F'] }, 'desc: expected rows of equal length'],
  [{ desc: ['FF', 'FG'] }, 'with an S'],
  [{ desc: ['SX', 'FG'] }, 'letters S, F, H and G'],
  [{ desc: 'SFFG' }, 'found "SFFG"'],
  [{ rewardSchedule: [1, 0] }, 'rewardSchedule: expected the rewards of [goal, hole, ice]'],
  [{ successRate: 2 }, 'successRate: expected a number from 0 to 1, found 2.'],
  [{ isSlippery: 1 }, 'isSlippery: expected true or false, found 1.'],
])('%j is refused', (options, message) => {
  expect(() => lake(options)).toThrow(message);
});
