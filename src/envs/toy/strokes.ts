/** @file Digits and the letters of cards, drawn with lines: painters have no text. */
import type { Color, Painter } from '../../recording/index.js';

/** Lines x0, y0, x1, y1, ... in a box 4 wide and 6 high. */
const GLYPHS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  '0': [[1, 0, 3, 0, 4, 1, 4, 5, 3, 6, 1, 6, 0, 5, 0, 1, 1, 0]],
  '1': [
    [0.8, 1.2, 2.2, 0, 2.2, 6],
    [0.8, 6, 3.6, 6],
  ],
  '2': [[0, 1.2, 1, 0, 3, 0, 4, 1, 4, 2, 0, 6, 4, 6]],
  '3': [[0, 0, 4, 0, 2, 2.4, 3, 2.4, 4, 3.4, 4, 5, 3, 6, 1, 6, 0, 5]],
  '4': [[3, 6, 3, 0, 0, 4, 4, 4]],
  '5': [[4, 0, 0.4, 0, 0, 2.8, 3, 2.5, 4, 3.5, 4, 5, 3, 6, 1, 6, 0, 5]],
  '6': [[3.6, 0, 2, 0, 0, 2.5, 0, 5, 1, 6, 3, 6, 4, 5, 4, 3.6, 3, 2.6, 1, 2.6, 0, 3.6]],
  '7': [[0, 0, 4, 0, 1.5, 6]],
  '8': [
    [1, 0, 3, 0, 3.8, 0.8, 3.8, 2, 3, 2.8, 1, 2.8, 0.2, 2, 0.2, 0.8, 1, 0],
    [1, 2.8, 0, 3.8, 0, 5, 1, 6, 3, 6, 4, 5, 4, 3.8, 3, 2.8],
  ],
  '9': [[0.4, 6, 2, 6, 4, 3.5, 4, 1, 3, 0, 1, 0, 0, 1, 0, 2.4, 1, 3.4, 3, 3.4, 4, 2.4]],
  A: [
    [0, 6, 2, 0, 4, 6],
    [0.7, 4, 3.3, 4],
  ],
  J: [
    [1.5, 0, 4, 0],
    [3.2, 0, 3.2, 4.8, 2.2, 6, 1, 6, 0, 4.8],
  ],
  Q: [
    [1, 0, 3, 0, 4, 1, 4, 5, 3, 6, 1, 6, 0, 5, 0, 1, 1, 0],
    [2.4, 4.2, 4.2, 6.4],
  ],
  K: [
    [0, 0, 0, 6],
    [4, 0, 0, 3.8],
    [1.2, 2.7, 4, 6],
  ],
};

const ADVANCE = 5.6;

/** The width of a text of that height. */
export const strokeWidth = (text: string, height: number): number =>
  ((text.length * ADVANCE - (ADVANCE - 4)) * height) / 6;

/** Draws digits, A, J, Q and K from their top left corner. */
export function drawStrokes(
  painter: Painter,
  text: string,
  left: number,
  top: number,
  height: number,
  width: number,
  color: Color,
): void {
  const scale = height / 6;
  [...text].forEach((letter, i) => {
    const x = (at: number) => left + (i * ADVANCE + at) * scale;
    const y = (at: number) => top + at * scale;
    for (const points of GLYPHS[letter]) {
      for (let k = 0; k < points.length; k += 2) {
        painter.circle(x(points[k]), y(points[k + 1]), width / 2, color);
        if (k + 3 >= points.length) continue;
        painter.line(x(points[k]), y(points[k + 1]), x(points[k + 2]), y(points[k + 3]), width, color);
      }
    }
  });
}
