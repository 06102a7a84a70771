/** @file Values with their intervals, in groups one below the other: who is better, and by more than chance? */
import type { Interval } from './accuracy.js';
import { COLOURS, seriesColour, svgDocument, text } from './svg.js';

const WIDTH = 820;
const ROW = 22;
const HEADER = 76;

export interface IntervalGroup {
  name: string;
  rows: { series: string; value: number; interval: Interval; note: string }[];
}

/** @param groups values are fractions; the axis is in per cent */
export function drawIntervals(title: string, subtitle: string, groups: readonly IntervalGroup[]): string {
  const series = [...new Set(groups.flatMap(({ rows }) => rows.map((row) => row.series)))];
  const longest = (names: string[]) => Math.max(...names.map((name) => name.length));
  const groupSpace = 28 + 7.2 * longest(groups.map(({ name }) => name));
  const left = groupSpace + 24 + 7.2 * longest(series);
  const right = WIDTH - 130;
  const ends = groups.flatMap(({ rows }) => rows.flatMap(({ interval, value }) => [...interval, value]));
  const low = Math.max(0, Math.floor(Math.min(...ends) * 10) / 10);
  const high = Math.min(1, Math.max(low + 0.1, Math.ceil(Math.max(...ends) * 10) / 10));
  const x = (value: number) => left + ((right - left) * (value - low)) / (high - low);
  const body: string[] = [];
  let y = HEADER + 10;
  groups.forEach(({ name, rows }, g) => {
    if (g > 0) {
      body.push(`<path d="M24 ${y - 4}H${WIDTH - 24}" stroke="${COLOURS.grid}"/>`);
      y += 8;
    }
    body.push(text(24, y + 12, name, { size: 13, bold: true }));
    for (const { series: own, value, interval, note } of rows) {
      const colour = seriesColour(series.indexOf(own), series.length);
      const middle = y + 8;
      body.push(
        text(left - 12, middle + 4, own, { anchor: 'end' }),
        `<path d="M${x(interval[0]).toFixed(1)} ${middle}H${x(interval[1]).toFixed(1)}" stroke="${colour}" ` +
          'stroke-width="7" stroke-opacity="0.35" stroke-linecap="round"/>',
        `<circle cx="${x(value).toFixed(1)}" cy="${middle}" r="5" fill="${colour}"/>`,
        text(right + 14, middle + 4, note),
      );
      y += ROW;
    }
    y += 6;
  });
  const ticks = Array.from({ length: Math.round((high - low) * 10) + 1 }, (_, i) => low + i / 10);
  const grid = ticks.map(
    (value) =>
      `<path d="M${x(value).toFixed(1)} ${HEADER}V${y}" stroke="${COLOURS.grid}"/>` +
      text(x(value), y + 18, `${Math.round(100 * value)} %`, { anchor: 'middle', colour: COLOURS.muted }),
  );
  return svgDocument(WIDTH, y + 34, [
    text(24, 32, title, { size: 17, bold: true }),
    text(24, 54, subtitle, { colour: COLOURS.muted, size: 13 }),
    ...grid,
    ...body,
  ]);
}
