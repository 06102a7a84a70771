/** @file Walking over a grid of cells, numbered row by row, and the figure that does: it looks where it went last. */
import type { Color, Painter } from '../../recording/index.js';

/** A step to a cell nearby: rows down and columns to the right. */
export type Move = readonly [down: number, right: number];

/** The cell that a move leads to; at the border one stays. */
export function walk(cell: number, [down, right]: Move, rows: number, columns: number): number {
  const row = Math.min(rows - 1, Math.max(0, Math.floor(cell / columns) + down));
  const column = Math.min(columns - 1, Math.max(0, (cell % columns) + right));
  return row * columns + column;
}

/** A round fellow with eyes towards where it goes; `size` is the side of its cell. */
export function drawWalker(
  painter: Painter,
  x: number,
  y: number,
  size: number,
  [lookY, lookX]: Move,
  color: Color,
): void {
  const radius = 0.32 * size;
  painter.circle(x, y, radius + 0.03 * size, 0x1d1d1b);
  painter.circle(x, y, radius, color);
  for (const side of [-1, 1]) {
    const eyeX = x + 0.4 * radius * lookX - side * 0.42 * radius * lookY;
    const eyeY = y + 0.4 * radius * lookY + side * 0.42 * radius * lookX;
    painter.circle(eyeX, eyeY, 0.34 * radius, 0xffffff);
    painter.circle(eyeX + 0.14 * radius * lookX, eyeY + 0.14 * radius * lookY, 0.18 * radius, 0x1d1d1b);
  }
}
