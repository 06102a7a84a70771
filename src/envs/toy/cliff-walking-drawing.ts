/** @file The world of CliffWalking and its drawing: a meadow above a cliff, the start's mat, a flag as the goal. */
import type { Painter } from '../../recording/index.js';
import { drawWalker, type Move } from './walker.js';

const CELL = 60;

export const CLIFF_ROWS = 4;
export const CLIFF_COLUMNS = 12;
export const CLIFF_START = 36;
export const CLIFF_GOAL = 47;
export const isCliff = (cell: number): boolean => cell > CLIFF_START && cell < CLIFF_GOAL;

function drawFlag(painter: Painter, left: number, top: number): void {
  painter.rectangle(left + 18, top + 8, 4, 46, 0x4a3626);
  painter.polygon([left + 22, top + 8, left + 50, top + 18, left + 22, top + 29], 0xd43a3a);
  painter.rectangle(left + 12, top + 50, 16, 5, 0x4a3626);
}

function drawAbyss(painter: Painter, left: number, top: number): void {
  painter.rectangle(left, top, CELL, CELL, 0x2b2430);
  // Teeth of rock hang from the edge.
  painter.polygon(
    [
      left,
      top,
      left + 60,
      top,
      left + 60,
      top + 12,
      left + 50,
      top + 24,
      left + 40,
      top + 12,
      left + 28,
      top + 28,
    ],
    0x7a6350,
  );
  painter.polygon(
    [left, top, left + 30, top, left + 28, top + 28, left + 14, top + 14, left, top + 20],
    0x6b5545,
  );
}

export function drawCliffWalking(painter: Painter, state: number, facing: Move): void {
  painter.clear(0x000000);
  for (let at = 0; at < CLIFF_ROWS * CLIFF_COLUMNS; at++) {
    const column = at % CLIFF_COLUMNS;
    const row = Math.floor(at / CLIFF_COLUMNS);
    const left = column * CELL;
    const top = row * CELL;
    if (isCliff(at)) {
      drawAbyss(painter, left, top);
      continue;
    }
    painter.rectangle(left, top, CELL, CELL, (row + column) % 2 === 0 ? 0x9cc46a : 0x8fb95f);
    if (at === CLIFF_START) {
      painter.rectangle(left + 9, top + 9, 42, 42, 0x8a5a36);
      painter.rectangle(left + 14, top + 14, 32, 32, 0xb9824f);
    }
    if (at === CLIFF_GOAL) drawFlag(painter, left, top);
  }
  const column = state % CLIFF_COLUMNS;
  const row = Math.floor(state / CLIFF_COLUMNS);
  drawWalker(painter, (column + 0.5) * CELL, (row + 0.5) * CELL, CELL, facing, 0x3a6fd4);
}
