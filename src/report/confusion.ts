/** @file A confusion matrix as a picture: rows are the true classes, columns what they were taken for. */
import { COLOURS, svgDocument, text } from './svg.js';

const SIDE = 560;
/** With more classes the cells are too small for numbers. */
const MOST_WITH_NUMBERS = 20;

/**
 * @param counts [true class][predicted class]
 * @param title first line; `subtitle` below it
 */
export function drawConfusion(
  title: string,
  subtitle: string,
  classes: readonly string[],
  counts: readonly (readonly number[])[],
): string {
  const n = classes.length;
  const cell = SIDE / n;
  const size = Math.min(12, Math.max(5, cell * 0.7));
  const longest = Math.max(...classes.map((name) => name.length));
  const labelSpace = Math.max(60, Math.ceil(longest * size * 0.62) + 16);
  const [left, top] = [labelSpace + 22, 84 + labelSpace * 0.62];
  const shares = counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total === 0 ? 0 : count / total));
  });
  const cells = shares.flatMap((row, i) =>
    row.map((share, j) => {
      const [x, y] = [left + j * cell, top + i * cell];
      // Errors are rare: the root makes small shares visible.
      const strength = Math.sqrt(share).toFixed(3);
      const colour = i === j ? '#15803d' : '#c2410c';
      const box =
        `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${cell.toFixed(2)}" height="${cell.toFixed(2)}" ` +
        `fill="${colour}" fill-opacity="${strength}"/>`;
      const percent = Math.round(100 * share);
      if (n > MOST_WITH_NUMBERS || percent === 0) return box;
      const label = text(x + cell / 2, y + cell / 2 + size * 0.36, String(percent), {
        anchor: 'middle',
        size,
        bold: i === j,
        colour: share > 0.35 ? '#fff' : COLOURS.text,
      });
      return box + label;
    }),
  );
  const names = classes.flatMap((name, i) => [
    text(left - 8, top + (i + 0.5) * cell + size * 0.36, name, { anchor: 'end', size }),
    text(left + (i + 0.5) * cell + size * 0.3, top - 8, name, { size, rotate: -45 }),
  ]);
  const lines = Array.from({ length: n + 1 }, (_, i) => {
    const at = i * cell;
    return (
      `<path d="M${(left + at).toFixed(1)} ${top.toFixed(1)}v${SIDE}M${left} ${(top + at).toFixed(1)}h${SIDE}" ` +
      'stroke="#fff" stroke-width="1"/>'
    );
  });
  const width = left + SIDE + Math.max(40, labelSpace * 0.6);
  return svgDocument(Math.ceil(width), Math.ceil(top + SIDE + 24), [
    text(20, 30, title, { size: 16, bold: true }),
    text(20, 52, subtitle, { colour: COLOURS.muted }),
    text(left + SIDE / 2, 78, 'taken for (in % of the true class)', {
      anchor: 'middle',
      colour: COLOURS.muted,
    }),
    text(18, top + SIDE / 2, 'true class', { anchor: 'middle', colour: COLOURS.muted, rotate: -90 }),
    ...cells,
    ...lines,
    `<rect x="${left}" y="${top}" width="${SIDE}" height="${SIDE}" fill="none" stroke="${COLOURS.grid}"/>`,
    ...names,
  ]);
}
