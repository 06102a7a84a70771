/** @file The drawing of grid worlds, as MiniGrid's: dark floor, grey walls, a red arrow, a brighter field of view. */
import type { Color, Painter } from '../../recording/index.js';
import { DIRECTIONS, VIEW, viewToWorld, type Grid, type Pose } from './grid.js';
import { DOOR, EMPTY, GOAL, GREY, KEY, LOCKED, OPEN, WALL, type Cell } from './objects.js';

/** Side of a cell, in the coordinates of the screen. */
export const TILE = 32;
const FLOOR = 0x000000;
const LINE = 0x3c3c3c;
/** By MiniGrid's numbers: red, green, blue, purple, yellow, grey. */
const COLORS: readonly Color[] = [0xff0000, 0x00d000, 0x0000ff, 0x7027c3, 0xffdd00, 0x7d7d7d];

function drawKey(painter: Painter, x: number, y: number, size: number, color: Color): void {
  painter.circle(x, y - 0.22 * size, 0.19 * size, color);
  painter.circle(x, y - 0.22 * size, 0.08 * size, FLOOR);
  painter.rectangle(x - 0.06 * size, y - 0.06 * size, 0.12 * size, 0.44 * size, color);
  for (const tooth of [0.12, 0.3]) {
    painter.rectangle(x - 0.2 * size, y + tooth * size, 0.15 * size, 0.08 * size, color);
  }
}

function drawDoor(painter: Painter, left: number, top: number, state: number, color: Color): void {
  if (state === OPEN) {
    painter.rectangle(left + 27, top, 5, TILE, color);
    return;
  }
  painter.rectangle(left, top, TILE, TILE, color);
  painter.rectangle(left + 3, top + 3, 26, 26, FLOOR);
  painter.rectangle(left + 5, top + 5, 22, 22, color, state === LOCKED ? 0.45 : 0.2);
  if (state === LOCKED) {
    painter.circle(left + 16, top + 14, 4, color);
    painter.polygon([left + 16, top + 13, left + 20, top + 24, left + 12, top + 24], color);
  } else painter.circle(left + 23, top + 16, 2.5, color);
}

/** Reaches into the walls to its right and below: no gap shows between them at sizes that split pixels. */
function drawWall(painter: Painter, grid: Grid, x: number, y: number): void {
  const reach = (right: number, down: number) =>
    x + right < grid.width && y + down < grid.height && grid.get(x + right, y + down)[0] === WALL ? 1.5 : 1;
  painter.rectangle(x * TILE, y * TILE, reach(1, 0) * TILE, TILE, COLORS[GREY]);
  painter.rectangle(x * TILE, y * TILE, TILE, reach(0, 1) * TILE, COLORS[GREY]);
}

function drawCell(painter: Painter, [object, color, state]: Cell, left: number, top: number): void {
  if (object === GOAL) painter.rectangle(left, top, TILE, TILE, COLORS[color]);
  else if (object === DOOR) drawDoor(painter, left, top, state, COLORS[color]);
  else if (object === KEY) drawKey(painter, left + TILE / 2, top + TILE / 2, TILE, COLORS[color]);
}

/** Draws all of the world; what the agent sees is brighter, what it carries lies on the agent. */
export function drawGridWorld(
  painter: Painter,
  grid: Grid,
  agent: Pose,
  visible: Uint8Array,
  carrying: Cell,
): void {
  const width = grid.width * TILE;
  const height = grid.height * TILE;
  painter.clear(FLOOR);
  for (let i = 1; i < grid.width; i++) painter.rectangle(i * TILE - 0.5, 0, 1, height, LINE);
  for (let j = 1; j < grid.height; j++) painter.rectangle(0, j * TILE - 0.5, width, 1, LINE);
  for (let y = 0; y < grid.height; y++) {
    for (let x = 0; x < grid.width; x++) {
      if (grid.get(x, y)[0] === WALL) drawWall(painter, grid, x, y);
      else drawCell(painter, grid.get(x, y), x * TILE, y * TILE);
    }
  }
  for (let column = 0; column < VIEW; column++) {
    for (let row = 0; row < VIEW; row++) {
      const [x, y] = viewToWorld(agent, column, row);
      const inside = x >= 0 && x < grid.width && y >= 0 && y < grid.height;
      if (visible[column * VIEW + row] === 1 && inside) {
        painter.rectangle(x * TILE, y * TILE, TILE, TILE, 0xffffff, 0.3);
      }
    }
  }
  const [lookX, lookY] = DIRECTIONS[agent.direction];
  const x = (agent.x + 0.5) * TILE;
  const y = (agent.y + 0.5) * TILE;
  const corner = (ahead: number, aside: number) => [
    x + ahead * lookX - aside * lookY,
    y + ahead * lookY + aside * lookX,
  ];
  painter.polygon([...corner(12, 0), ...corner(-12, 10), ...corner(-12, -10)], COLORS[0]);
  if (carrying[0] !== EMPTY) {
    drawKey(painter, x - 5 * lookX, y - 5 * lookY, 0.5 * TILE, COLORS[carrying[1]]);
  }
}
