/** @file A run's accuracies as a picture: an SVG file needs no fonts here, and every browser shows it. */
import type { Progress } from '../runs/index.js';

const [WIDTH, HEIGHT] = [720, 400];
const PLOT = { left: 64, right: WIDTH - 190, top: 48, bottom: HEIGHT - 56 };
/** Okabe and Ito's colours, which colour-blind people can tell apart. */
const COLOURS = { knn: '#0072b2', probe: '#d55e00', baseline: '#6b7280', grid: '#e5e7eb', text: '#1f2937' };
/** Distance of labels at the right edge, so that they can be read when their lines meet. */
const LABEL_HEIGHT = 18;

/** kNN and linear probe over epochs, with raw pixels and the random encoder as lines to beat; an SVG document. */
export function drawCurve(title: string, { evaluations }: Progress, epochs: number): string {
  const start = evaluations.find(({ epoch }) => epoch === 0)?.metrics ?? {};
  const series = (key: string) =>
    evaluations.flatMap(({ epoch, metrics }) => (key in metrics ? [{ epoch, value: metrics[key] }] : []));
  const knn = series('eval/knn');
  const probe = series('eval/probe');
  const baselines = [
    { label: 'raw pixels', value: start['eval/knn_pixels'] },
    { label: 'random encoder', value: start['eval/knn'] },
  ].filter(({ value }) => value !== undefined);
  const values = [...knn, ...probe, ...baselines].map(({ value }) => value);
  const low = Math.floor(Math.min(...values) * 10) / 10;
  const high = Math.max(low + 0.1, Math.ceil(Math.max(...values) * 10) / 10);
  const x = (epoch: number) => PLOT.left + ((PLOT.right - PLOT.left) * epoch) / epochs;
  const y = (value: number) => PLOT.bottom - ((PLOT.bottom - PLOT.top) * (value - low)) / (high - low);

  const ticksY = Array.from({ length: Math.round((high - low) * 10) + 1 }, (_, i) => low + i / 10);
  const stepX = Math.max(1, Math.ceil(epochs / 8));
  const ticksX = Array.from({ length: Math.floor(epochs / stepX) + 1 }, (_, i) => i * stepX);
  const labels: { text: string; at: number; colour: string }[] = [];
  const line = (points: { epoch: number; value: number }[], label: string, colour: string) => {
    const last = points.at(-1);
    if (last === undefined) return '';
    labels.push({ text: `${label} ${percent(last.value)}`, at: y(last.value), colour });
    const path = points.map(({ epoch, value }) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`);
    const dots = path.map((point) => {
      const [cx, cy] = point.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`;
    });
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2.5"/>${dots.join('')}`;
  };
  const body = [
    ...ticksY.map(
      (value) =>
        `<path d="M${PLOT.left} ${y(value).toFixed(1)}H${PLOT.right}" stroke="${COLOURS.grid}"/>` +
        text(PLOT.left - 8, y(value) + 4, percent(value, 0), 'end'),
    ),
    ...ticksX.map((epoch) => text(x(epoch), PLOT.bottom + 22, String(epoch), 'middle')),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 44, 'epoch', 'middle'),
    ...baselines.map(({ label, value }) => {
      labels.push({ text: `${label} ${percent(value)}`, at: y(value), colour: COLOURS.baseline });
      return `<path d="M${PLOT.left} ${y(value).toFixed(1)}H${PLOT.right}" stroke="${COLOURS.baseline}" stroke-dasharray="5 4"/>`;
    }),
    line(probe, 'linear probe', COLOURS.probe),
    line(knn, 'kNN', COLOURS.knn),
    ...spread(labels).map(({ text: label, at, colour }) =>
      text(PLOT.right + 10, at + 4, label, 'start', colour),
    ),
    `<text x="${PLOT.left}" y="26" font-size="15" font-weight="600" fill="${COLOURS.text}">${escape(title)}</text>`,
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" ` +
    `font-family="system-ui, sans-serif" font-size="12">\n` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>\n${body.filter(Boolean).join('\n')}\n</svg>\n`
  );
}

/** Moves labels apart, from top to bottom. */
function spread<T extends { at: number }>(labels: T[]): T[] {
  const sorted = [...labels].sort((a, b) => a.at - b.at);
  let free = -Infinity;
  return sorted.map((label) => {
    const at = Math.max(label.at, free);
    free = at + LABEL_HEIGHT;
    return { ...label, at };
  });
}

const percent = (value: number, digits = 1) => `${(100 * value).toFixed(digits)} %`;

const escape = (value: string) => value.replace(/&/g, '&amp;').replace(/</g, '&lt;');

const text = (x: number, y: number, content: string, anchor: string, colour = COLOURS.text) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${escape(content)}</text>`;
