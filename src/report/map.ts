/** @file A map of images: points in the plane, coloured by class, with as many thumbnails as have room. */
import type { Frame } from '../recording/index.js';
import { COLOURS, picture, seriesColour, svgDocument, text } from './svg.js';

/** Of the map's longer side. */
const SIDE = 860;
const MARGIN = 24;
const TOP = 72;
const LEGEND = 150;
const THUMBNAIL = 26;
/** Of the distance between the middles of two thumbnails, so that they do not cover each other. */
const SPACING = THUMBNAIL + 6;
const MOST_IN_LEGEND = 30;
/** Of the picture, so that its title fits. */
const LEAST_WIDTH = 640;

export interface MapPoint {
  x: number;
  y: number;
  /** Index into the classes. */
  label: number;
  image: Frame;
}

export function drawMap(
  title: string,
  subtitle: string,
  classes: readonly string[],
  points: readonly MapPoint[],
): string {
  const border = THUMBNAIL + 8;
  const range = (values: number[]) => [Math.min(...values), Math.max(...values)];
  const [lowX, highX] = range(points.map(({ x }) => x));
  const [lowY, highY] = range(points.map(({ y }) => y));
  // One scale for both axes: distances on the map mean the same in all directions.
  const scale = (SIDE - border) / Math.max(highX - lowX, highY - lowY, Number.EPSILON);
  const [width, height] = [(highX - lowX) * scale + border, (highY - lowY) * scale + border];
  const placed = points.map((point) => ({
    ...point,
    x: MARGIN + border / 2 + (point.x - lowX) * scale,
    y: TOP + border / 2 + (point.y - lowY) * scale,
    colour: seriesColour(point.label, classes.length),
  }));
  const shown: typeof placed = [];
  for (const point of placed) {
    const free = shown.every(
      ({ x, y }) => Math.abs(x - point.x) >= SPACING || Math.abs(y - point.y) >= SPACING,
    );
    if (free) shown.push(point);
  }
  const half = THUMBNAIL / 2;
  const legend = classes.slice(0, MOST_IN_LEGEND).map((name, i) => {
    const y = TOP + 16 + i * 24;
    const x = MARGIN + width + 16;
    return (
      `<rect x="${x}" y="${y - 10}" width="14" height="14" rx="3" fill="${seriesColour(i, classes.length)}"/>` +
      text(x + 22, y + 2, name, { size: 13 })
    );
  });
  const full = Math.max(height, legend.length * 24 + 16);
  return svgDocument(
    Math.ceil(Math.max(MARGIN + width + LEGEND, LEAST_WIDTH)),
    Math.ceil(TOP + full + MARGIN),
    [
      text(MARGIN, 32, title, { size: 17, bold: true }),
      text(MARGIN, 54, subtitle, { colour: COLOURS.muted, size: 13 }),
      `<rect x="${MARGIN}" y="${TOP}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="#fafafa" stroke="${COLOURS.grid}"/>`,
      ...placed.map(
        ({ x, y, colour }) =>
          `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${colour}" fill-opacity="0.55"/>`,
      ),
      ...shown.map(
        ({ x, y, colour, image }) =>
          picture(image, x - half, y - half, THUMBNAIL, THUMBNAIL) +
          `<rect x="${(x - half).toFixed(1)}" y="${(y - half).toFixed(1)}" width="${THUMBNAIL}" height="${THUMBNAIL}" ` +
          `fill="none" stroke="${colour}" stroke-width="2.5"/>`,
      ),
      ...legend,
    ],
  );
}
