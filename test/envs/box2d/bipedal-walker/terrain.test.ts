import { expect, test } from '@jest/globals';
import {
  generateClouds,
  generateTerrain,
  HEIGHT,
  LENGTH,
  START,
  STEP,
  type Block,
} from '../../../../src/envs/box2d/bipedal-walker/terrain.js';
import { Generator } from '../../../../src/random/index.js';

const terrain = (seed: number, hardcore: boolean) => generateTerrain(new Generator(seed), hardcore);

test('grass: level at the start, then slightly uneven, without obstacles', () => {
  const { heights, blocks } = terrain(0, false);
  expect(blocks).toEqual([]);
  expect(heights).toHaveLength(LENGTH);
  expect([...heights.subarray(0, START + 1)]).toEqual(new Array(START + 1).fill(HEIGHT));
  expect(new Set(heights).size).toBeGreaterThan(100);
  for (let i = 1; i < LENGTH; i++) expect(Math.abs(heights[i] - heights[i - 1])).toBeLessThan(STEP / 2);
});

test('grass draws a number a step, and one for the length of each stretch', () => {
  const rng = new Generator(5);
  const { heights } = generateTerrain(rng, false);
  const numbers = new Generator(5);
  let [y, slope, left, level] = [HEIGHT, 0, START, false];
  for (let i = 0; i < LENGTH; i++) {
    if (!level) {
      slope = 0.8 * slope + 0.01 * Math.sign(HEIGHT - y) + (i > START ? numbers.uniform(-1, 1) / 30 : 0);
      y += slope;
    }
    expect(heights[i]).toBeCloseTo(y, 12);
    left--;
    level = left === 0;
    if (level) left = numbers.integers(5, 10);
  }
  expect(rng.getState()).toEqual(numbers.getState());
});

test('hardcore: stumps on the ground, stairs along it, pits between two walls', () => {
  const found: Record<string, Block[]> = { stump: [], stairs: [], pit: [] };
  for (let seed = 0; seed < 10; seed++) {
    for (const block of terrain(seed, true).blocks) found[block.kind].push(block);
  }
  const size = ({ left, right, bottom, top }: Block) => [right - left, top - bottom].map((d) => d / STEP);
  for (const blocks of Object.values(found)) expect(blocks.length).toBeGreaterThan(10);
  for (const stump of found.stump) {
    const [width, height] = size(stump);
    expect(height).toBeCloseTo(width, 9);
    expect([1, 2]).toContain(Math.round(width));
  }
  for (const stair of found.stairs) {
    expect(size(stair)).toEqual([expect.closeTo(4, 9), expect.closeTo(1, 9)]);
  }
  for (const wall of found.pit) expect(size(wall)).toEqual([expect.closeTo(1, 9), expect.closeTo(4, 9)]);
});

test('hardcore: the ground drops into pits and comes out of them', () => {
  const { heights, blocks } = terrain(3, true);
  const walls = blocks.filter(({ kind }) => kind === 'pit');
  expect(walls.length).toBeGreaterThan(1);
  for (let i = 0; i + 1 < walls.length; i += 2) {
    const [first, second] = [walls[i], walls[i + 1]];
    const middle = Math.round((first.right + second.left) / 2 / STEP);
    if (middle >= LENGTH) continue;
    expect(heights[middle]).toBeCloseTo(first.top - 4 * STEP, 9);
    expect(second.top).toBe(first.top);
  }
});

test('clouds: ten of five corners, above the ground', () => {
  const rng = new Generator(1);
  const clouds = generateClouds(rng);
  expect(clouds.map((cloud) => cloud.length)).toEqual(new Array(10).fill(10));
  for (const cloud of clouds) {
    for (let i = 1; i < cloud.length; i += 2) expect(cloud[i]).toBeGreaterThan(2 * HEIGHT);
  }
  const numbers = new Generator(1);
  for (let i = 0; i < 10 * 11; i++) numbers.random();
  expect(rng.getState()).toEqual(numbers.getState());
});
