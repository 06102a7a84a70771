/** @file The drawing of FrozenLake: ice, holes, the start's mat, a present as the goal. */
import type { Painter, Screen } from '../../recording/index.js';
import { drawWalker, type Move } from './walker.js';

function drawPresent(painter: Painter, left: number, top: number, cell: number): void {
  const at = (x: number, y: number, width: number, height: number, color: number) => {
    painter.rectangle(left + x * cell, top + y * cell, width * cell, height * cell, color);
  };
  at(0.2, 0.42, 0.6, 0.42, 0xc62f3b);
  at(0.15, 0.32, 0.7, 0.14, 0xe0434f);
  at(0.44, 0.32, 0.12, 0.52, 0xf7c948);
  for (const side of [-1, 1]) {
    const x = left + (0.5 + 0.11 * side) * cell;
    painter.circle(x, top + 0.25 * cell, 0.1 * cell, 0xf7c948);
    painter.circle(x, top + 0.25 * cell, 0.045 * cell, 0xdcecf7);
  }
}

function drawHole(painter: Painter, left: number, top: number, cell: number): void {
  const x = left + 0.5 * cell;
  const y = top + 0.5 * cell;
  painter.circle(x, y, 0.41 * cell, 0x9fc3dd);
  painter.circle(x, y, 0.34 * cell, 0x163a5c);
  painter.circle(x, y + 0.05 * cell, 0.26 * cell, 0x0d2740);
}

/** The fellow who fell in: the head out of the water, arms up. */
function drawSwimmer(painter: Painter, x: number, y: number, cell: number): void {
  for (const side of [-1, 1]) {
    painter.line(
      x + 0.12 * side * cell,
      y + 0.1 * cell,
      x + 0.24 * side * cell,
      y - 0.2 * cell,
      0.08 * cell,
      0xd9822b,
    );
  }
  drawWalker(painter, x, y - 0.02 * cell, 0.55 * cell, [-1, 0], 0xd9822b);
  painter.rectangle(x - 0.24 * cell, y + 0.1 * cell, 0.48 * cell, 0.1 * cell, 0x2f6ea3);
}

export function drawFrozenLake(
  painter: Painter,
  screen: Screen,
  map: readonly string[],
  state: number,
  facing: Move,
): void {
  const columns = map[0].length;
  const cell = screen.width / columns;
  painter.clear(0xb4c8e6);
  map.forEach((row, j) => {
    [...row].forEach((tile, i) => {
      const left = i * cell;
      const top = j * cell;
      const gap = 0.02 * cell;
      painter.rectangle(left + gap, top + gap, cell - 2 * gap, cell - 2 * gap, 0xdcecf7);
      painter.line(
        left + 0.2 * cell,
        top + 0.35 * cell,
        left + 0.4 * cell,
        top + 0.15 * cell,
        0.04 * cell,
        0xf3f9fd,
      );
      if (tile === 'H') drawHole(painter, left, top, cell);
      if (tile === 'G' && state !== j * columns + i) drawPresent(painter, left, top, cell);
      if (tile === 'S') {
        painter.rectangle(left + 0.15 * cell, top + 0.15 * cell, 0.7 * cell, 0.7 * cell, 0x8a5a36);
        painter.rectangle(left + 0.23 * cell, top + 0.23 * cell, 0.54 * cell, 0.54 * cell, 0xb9824f);
      }
    });
  });
  const column = state % columns;
  const row = (state - column) / columns;
  const x = (column + 0.5) * cell;
  const y = (row + 0.5) * cell;
  const tile = map[row][column];
  if (tile === 'H') drawSwimmer(painter, x, y, cell);
  else drawWalker(painter, x, y, cell, facing, 0xd9822b);
  if (tile === 'G') drawPresent(painter, x - 0.25 * cell, y, 0.5 * cell);
}
