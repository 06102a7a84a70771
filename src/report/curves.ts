/** @file Learning curves of several arms with their intervals, as an SVG document: every browser shows it. */

/** An arm's curve. */
export interface Curve {
  name: string;
  points: readonly { step: number; value: number; low: number; high: number }[];
}

const [WIDTH, HEIGHT] = [760, 420];
const PLOT = { left: 70, right: WIDTH - 170, top: 48, bottom: HEIGHT - 56 };
/** Okabe and Ito's colours, which colour-blind people can tell apart. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];
const LABEL_HEIGHT = 18;

/** Curves over steps; `label` names the vertical axis. */
export function drawCurves(title: string, label: string, curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const last = Math.max(1, ...points.map(({ step }) => step));
  const ticks = niceTicks(
    Math.min(...points.map(({ low }) => low)),
    Math.max(...points.map(({ high }) => high)),
  );
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const x = (step: number) => PLOT.left + ((PLOT.right - PLOT.left) * step) / last;
  const y = (value: number) => PLOT.bottom - ((PLOT.bottom - PLOT.top) * (value - low)) / (high - low);
  const place = (step: number, value: number) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`;
  const colour = (i: number) => COLOURS[i % COLOURS.length];
  const labels = spread(
    curves.map(({ name, points: own }, i) => ({ name, at: y(own[own.length - 1].value), fill: colour(i) })),
  );
  const body = [
    text(PLOT.left, 26, title, 'start', '#1f2937', 'font-size="15" font-weight="600"'),
    text(PLOT.left, PLOT.top - 8, label, 'start', '#6b7280'),
    ...ticks.map(
      (value) =>
        `<path d="M${PLOT.left} ${y(value).toFixed(1)}H${PLOT.right}" stroke="#e5e7eb"/>` +
        text(PLOT.left - 8, y(value) + 4, compact(value), 'end'),
    ),
    ...niceTicks(0, last)
      .filter((step) => step <= last)
      .map((step) => text(x(step), PLOT.bottom + 22, compact(step), 'middle')),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 44, 'environment steps', 'middle'),
    ...curves.map(({ points: own }, i) => {
      const upper = own.map(({ step, high: value }) => place(step, value));
      const lower = own.map(({ step, low: value }) => place(step, value)).reverse();
      return `<polygon points="${[...upper, ...lower].join(' ')}" fill="${colour(i)}" fill-opacity="0.15"/>`;
    }),
    ...curves.map(({ points: own }, i) => {
      const line = own.map(({ step, value }) => place(step, value)).join(' ');
      return `<polyline points="${line}" fill="none" stroke="${colour(i)}" stroke-width="2.5"/>`;
    }),
    ...labels.map(({ name, at, fill }) => text(PLOT.right + 10, at + 4, name, 'start', fill)),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" ` +
    `font-family="system-ui, sans-serif" font-size="12">\n` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>\n${body.join('\n')}\n</svg>\n`
  );
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

const escape = (value: string) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;');

const text = (x: number, y: number, content: string, anchor: string, fill = '#1f2937', more = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${fill}" ${more}>${escape(content)}</text>`;
