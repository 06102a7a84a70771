/** @file Curves of several arms with their intervals: over steps of training, or over thresholds. */
import { COLOURS, seriesColour, svgDocument, text } from './svg.js';

/** An arm's curve, from left to right. */
export interface Curve {
  name: string;
  points: readonly { x: number; value: number; low: number; high: number }[];
}

const [WIDTH, HEIGHT] = [760, 420];
const PLOT = { left: 70, right: WIDTH - 170, top: 60, bottom: HEIGHT - 56 };
const LABEL_HEIGHT = 18;

export interface CurveLabels {
  title: string;
  /** Of the vertical axis, a line below the title. */
  label: string;
  /** Of the horizontal axis. */
  axis: string;
}

/** An SVG document of curves, each with a band between `low` and `high` and its name at its right end. */
export function drawCurves({ title, label, axis }: CurveLabels, curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const first = Math.min(...points.map(({ x }) => x));
  const last = Math.max(first + 1e-9, ...points.map(({ x }) => x));
  const ticks = niceTicks(
    Math.min(...points.map(({ low }) => low)),
    Math.max(...points.map(({ high }) => high)),
  );
  const [bottom, top] = [ticks[0], ticks[ticks.length - 1]];
  const across = (x: number) => PLOT.left + ((PLOT.right - PLOT.left) * (x - first)) / (last - first);
  const up = (value: number) => PLOT.bottom - ((PLOT.bottom - PLOT.top) * (value - bottom)) / (top - bottom);
  const place = (x: number, value: number) => `${across(x).toFixed(1)},${up(value).toFixed(1)}`;
  const colour = (i: number) => seriesColour(i, curves.length);
  const labels = spread(
    curves.map(({ name, points: own }, i) => ({ name, at: up(own[own.length - 1].value), fill: colour(i) })),
  );
  return svgDocument(WIDTH, HEIGHT, [
    text(PLOT.left, 26, title, { size: 15, bold: true }),
    text(PLOT.left, 44, label, { colour: COLOURS.muted }),
    ...ticks.map(
      (value) =>
        `<path d="M${PLOT.left} ${up(value).toFixed(1)}H${PLOT.right}" stroke="${COLOURS.grid}"/>` +
        text(PLOT.left - 8, up(value) + 4, compact(value), { anchor: 'end' }),
    ),
    ...niceTicks(first, last)
      .filter((x) => x >= first && x <= last)
      .map((x) => text(across(x), PLOT.bottom + 22, compact(x), { anchor: 'middle' })),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 44, axis, { anchor: 'middle' }),
    ...curves.map(({ points: own }, i) => {
      const upper = own.map(({ x, high }) => place(x, high));
      const lower = own.map(({ x, low }) => place(x, low)).reverse();
      return `<polygon points="${[...upper, ...lower].join(' ')}" fill="${colour(i)}" fill-opacity="0.15"/>`;
    }),
    ...curves.map(({ points: own }, i) => {
      const line = own.map(({ x, value }) => place(x, value)).join(' ');
      return `<polyline points="${line}" fill="none" stroke="${colour(i)}" stroke-width="2.5"/>`;
    }),
    ...labels.map(({ name, at, fill }) => text(PLOT.right + 10, at + 4, name, { colour: fill })),
  ]);
}

/** Round numbers from at most `low` to at least `high`. */
function niceTicks(low: number, high: number): number[] {
  const rough = Math.max(high - low, 1e-9) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough)!;
  const first = Math.floor(low / step);
  const count = Math.max(1, Math.ceil(high / step) - first);
  return Array.from({ length: count + 1 }, (_, i) => (first + i) * step);
}

/** Moves labels apart, from top to bottom. */
function spread<T extends { at: number }>(labels: readonly T[]): T[] {
  let free = -Infinity;
  return [...labels]
    .sort((a, b) => a.at - b.at)
    .map((label) => {
      const at = Math.max(label.at, free);
      free = at + LABEL_HEIGHT;
      return { ...label, at };
    });
}

const compact = (value: number) =>
  Math.abs(value) >= 1e6
    ? `${Number((value / 1e6).toPrecision(3))}M`
    : Math.abs(value) >= 1e3
      ? `${Number((value / 1e3).toPrecision(3))}k`
      : String(Number(value.toPrecision(3)));
