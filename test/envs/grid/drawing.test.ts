/** @file What is seen of a grid world, at the size that agents see it. */
import { expect, test } from '@jest/globals';
import { drawGridWorld, TILE } from '../../../src/envs/grid/drawing.js';
import { Grid, type Pose } from '../../../src/envs/grid/grid.js';
import { DOOR, EMPTY_CELL, GOAL_CELL, KEY, YELLOW, type Cell } from '../../../src/envs/grid/objects.js';
import { Rasterizer } from '../../../src/recording/index.js';

const SIZE = 6;

function picture(cell: Cell, pose: Pose, carrying: Cell, seen = 1): Buffer {
  const grid = new Grid(SIZE, SIZE);
  grid.enclose();
  grid.set(3, 3, cell);
  const painter = new Rasterizer({ width: SIZE * TILE, height: SIZE * TILE }, { width: 84, height: 84 });
  drawGridWorld(painter, grid, pose, new Uint8Array(49).fill(seen), carrying);
  return Buffer.from(painter.pixels);
}

test('objects, directions, what is carried and what is seen all differ', () => {
  const at = (direction: number): Pose => ({ x: 1, y: 2, direction });
  const key: Cell = [KEY, YELLOW, 0];
  const cells: Cell[] = [GOAL_CELL, key, ...[0, 1, 2].map((state): Cell => [DOOR, YELLOW, state])];
  const pictures = [
    ...[0, 1, 2, 3].map((direction) => picture(EMPTY_CELL, at(direction), EMPTY_CELL)),
    ...cells.map((cell) => picture(cell, at(0), EMPTY_CELL)),
    picture(EMPTY_CELL, at(0), key),
    picture(EMPTY_CELL, at(0), EMPTY_CELL, 0),
  ];
  const different = new Set(pictures.map((pixels) => pixels.toString('base64')));
  expect(different.size).toBe(pictures.length);
});

test('no gap shows between walls, whatever the size', () => {
  const pixels = picture(EMPTY_CELL, { x: 1, y: 1, direction: 0 }, EMPTY_CELL, 0);
  // The topmost and the leftmost row of pixels are all wall.
  const wall = pixels.subarray(0, 3);
  const edge = [...Array(84).keys()].flatMap((i) => [3 * i, 3 * 84 * i]);
  const gaps = edge.filter((i) => !pixels.subarray(i, i + 3).equals(wall));
  expect(gaps).toEqual([]);
});
