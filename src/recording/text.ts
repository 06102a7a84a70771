/** @file Text made of lines, so that every painter draws the same: scores, titles, cards. */
import type { Color, Painter } from './painter.js';

/**
 * Strokes on a grid 4 wide and 6 high, y down: points as two digits, strokes apart by commas. Curves are cut corners.
 */
const GLYPHS: Record<string, string> = {
  A: '06 20 46, 14 34',
  B: '00 06 36 45 44 33 03, 00 30 41 42 33',
  C: '41 30 10 01 05 16 36 45',
  D: '00 06 26 44 42 20 00',
  E: '40 00 06 46, 03 33',
  F: '40 00 06, 03 33',
  G: '41 30 10 01 05 16 36 45 43 23',
  H: '00 06, 40 46, 03 43',
  I: '10 30, 20 26, 16 36',
  J: '40 45 36 16 05',
  K: '00 06, 40 03 46',
  L: '00 06 46',
  M: '06 00 23 40 46',
  N: '06 00 46 40',
  O: '10 30 41 45 36 16 05 01 10',
  P: '06 00 30 41 42 33 03',
  Q: '10 30 41 45 36 16 05 01 10, 24 46',
  R: '06 00 30 41 42 33 03, 23 46',
  S: '41 30 10 01 02 13 33 44 45 36 16 05',
  T: '00 40, 20 26',
  U: '00 05 16 36 45 40',
  V: '00 26 40',
  W: '00 16 22 36 40',
  X: '00 46, 40 06',
  Y: '00 23 40, 23 26',
  Z: '00 40 06 46',
  0: '10 30 41 45 36 16 05 01 10, 15 31',
  1: '11 20 26, 16 36',
  2: '01 10 30 41 42 06 46',
  3: '01 10 30 41 42 33 13, 33 44 45 36 16 05',
  4: '36 30 04 44',
  5: '40 00 03 33 44 45 36 06',
  6: '41 30 10 01 05 16 36 45 44 33 03',
  7: '00 40 16',
  8: '13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33',
  9: '05 16 36 45 41 30 10 01 02 13 43',
  '.': '15 25 26 16 15',
  ',': '15 25 07',
  ':': '12 22, 15 25',
  ';': '12 22, 15 25 07',
  '!': '20 24, 25 26',
  '?': '01 10 30 41 42 24, 25 26',
  '-': '13 33',
  '+': '03 43, 21 25',
  '=': '02 42, 04 44',
  '*': '21 25, 02 44, 42 04',
  '/': '06 40',
  '%': '06 40, 00 10 11 01 00, 35 45 46 36 35',
  '(': '30 12 14 36',
  ')': '10 32 34 16',
  '[': '30 10 16 36',
  ']': '10 30 36 16',
  '<': '40 03 46',
  '>': '00 43 06',
  _: '06 46',
  "'": '20 22',
  '"': '10 12, 30 32',
  '#': '10 16, 30 36, 02 42, 04 44',
};

/** A character's width and the space after it, in sixths of the height. */
const ADVANCE = 6;
const WIDTH = 4;
const HEIGHT = 6;

const strokes = new Map(
  Object.entries(GLYPHS).map(([character, text]) => [
    character,
    text.split(', ').map((stroke) => stroke.split(' ').map((point) => [Number(point[0]), Number(point[1])])),
  ]),
);

export interface TextOptions {
  /** How far right of `x` the text begins: 0 at it, 0.5 in its middle, 1 ends there. Default 0. */
  align?: number;
  /** Width of the lines. Default: a seventh of the height. */
  weight?: number;
}

/** The width of a text of that height, in units of the screen. */
export function textWidth(text: string, height: number): number {
  return text.length === 0 ? 0 : ((text.length * ADVANCE - (ADVANCE - WIDTH)) * height) / HEIGHT;
}

/**
 * Draws capitals, digits and punctuation of a height in units of the screen; small letters become capitals, and what
 * has no glyph stays empty.
 * @param x left end of the text (see `align`)
 * @param y top of the capitals
 */
export function drawText(
  painter: Painter,
  text: string,
  x: number,
  y: number,
  height: number,
  color: Color,
  { align = 0, weight = height / 7 }: TextOptions = {},
): void {
  const unit = height / HEIGHT;
  let left = x - align * textWidth(text, height);
  for (const character of text.toUpperCase()) {
    for (const points of strokes.get(character) ?? []) {
      points.forEach(([column, row], i) => {
        const [px, py] = [left + column * unit, y + row * unit];
        // Round ends: lines meet without gaps.
        painter.circle(px, py, weight / 2, color);
        if (i === 0) return;
        painter.line(left + points[i - 1][0] * unit, y + points[i - 1][1] * unit, px, py, weight, color);
      });
    }
    left += ADVANCE * unit;
  }
}
