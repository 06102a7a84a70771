/** @file Images and what an encoder takes for most alike: a row each, framed by whether the class is the same. */
import type { Frame } from '../recording/index.js';
import { COLOURS, picture, svgDocument, text } from './svg.js';

const CELL = 64;
const GAP = 8;
const LEFT = 150;
const TOP = 96;

export interface NeighbourRow {
  image: Frame;
  /** Its class. */
  label: string;
  neighbours: { image: Frame; label: string; cosine: number }[];
}

export function drawNeighbours(title: string, subtitle: string, rows: readonly NeighbourRow[]): string {
  const columns = Math.max(...rows.map(({ neighbours }) => neighbours.length));
  const rowHeight = CELL + 34;
  const x = (column: number) => LEFT + CELL + 28 + column * (CELL + GAP);
  const body = rows.flatMap(({ image, label, neighbours }, i) => {
    const y = TOP + i * rowHeight;
    return [
      text(LEFT - 12, y + CELL / 2 + 5, label, { anchor: 'end', size: 14, bold: true }),
      picture(image, LEFT, y, CELL, CELL),
      ...neighbours.map((neighbour, j) => {
        const same = neighbour.label === label;
        const colour = same ? COLOURS.good : COLOURS.bad;
        return (
          picture(neighbour.image, x(j), y, CELL, CELL) +
          `<rect x="${x(j)}" y="${y}" width="${CELL}" height="${CELL}" fill="none" stroke="${colour}" stroke-width="3"/>` +
          text(x(j) + CELL / 2, y + CELL + 13, same ? neighbour.cosine.toFixed(2) : neighbour.label, {
            anchor: 'middle',
            size: 10.5,
            colour: same ? COLOURS.muted : COLOURS.bad,
          })
        );
      }),
    ];
  });
  const width = Math.max(x(columns) + 16, 640);
  return svgDocument(width, TOP + rows.length * rowHeight + 8, [
    text(20, 32, title, { size: 17, bold: true }),
    text(20, 54, subtitle, { colour: COLOURS.muted, size: 13 }),
    text(LEFT, TOP - 12, 'test image', { colour: COLOURS.muted }),
    text(x(0), TOP - 12, 'nearest training images (cosine, or the other class)', { colour: COLOURS.muted }),
    ...body,
  ]);
}
