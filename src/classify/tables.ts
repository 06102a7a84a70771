/** @file Results as text: the table that ends a command, the one of results.md, the lines on pairs. */
import { percentage } from './arm.js';
import type { ArmResult, Comparison, ResultRow } from './score.js';

const percent = (fraction: number, digits = 1) => (100 * fraction).toFixed(digits);

/** An accuracy with its deviation over seeds or, with one seed, its interval: '46.1 ± 0.4 %' or '46.1 % [45.1, 47.1]'. */
export function describeRow({ accuracy, deviation, interval }: ResultRow): string {
  if (deviation !== undefined) return `${percent(accuracy)} ± ${percent(deviation)} %`;
  return `${percent(accuracy)} % [${interval.map((end) => percent(end)).join(', ')}]`;
}

/** A row for each encoder, a column for each protocol and part of the labels. */
export function markdownTable(rows: readonly ResultRow[]): string {
  const columnOf = ({ protocol, labels }: ResultRow) =>
    labels === 1 ? protocol : `${protocol} ${percentage(labels)}`;
  const columns = [...new Set(rows.map(columnOf))];
  const encoders = [...new Set(rows.map(({ encoder }) => encoder))];
  const cells = [
    ['encoder', ...columns],
    ...encoders.map((encoder) => [
      encoder,
      ...columns.map((column) => {
        const row = rows.find((one) => one.encoder === encoder && columnOf(one) === column);
        return row === undefined ? '' : describeRow(row);
      }),
    ]),
  ];
  return toMarkdown(cells);
}

/** A row for each class, a column for each encoder and protocol with the most labels; means over seeds. */
export function perClassTable(arms: readonly ArmResult[]): string {
  const most = Math.max(...arms.map(({ labels }) => labels));
  const columnOf = ({ encoder, protocol }: ArmResult) => `${encoder} ${protocol}`;
  const used = arms.filter(({ labels }) => labels === most);
  const columns = [...new Set(used.map(columnOf))];
  const names = arms[0].test.perClass.map(({ name }) => name);
  return toMarkdown([
    ['class', ...columns],
    ...names.map((name, i) => [
      name,
      ...columns.map((column) => {
        const recalls = used
          .filter((arm) => columnOf(arm) === column)
          .map(({ test }) => test.perClass[i].recall);
        return percent(recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length);
      }),
    ]),
  ]);
}

/** The first row is the header. */
function toMarkdown(cells: readonly (readonly string[])[]): string {
  const widths = cells[0].map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  const lines = cells.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

/** A table for the terminal, a line for each encoder, protocol and part of the labels. */
export function resultTable(rows: readonly ResultRow[]): string {
  const cells = [
    [
      'encoder',
      'protocol',
      'labels',
      'accuracy',
      '95 % over images',
      'balanced',
      'top-5',
      'ECE',
      'best epoch',
    ],
    ...rows.map((row) => [
      row.encoder,
      row.protocol,
      percentage(row.labels),
      row.deviation === undefined
        ? `${percent(row.accuracy)} %`
        : `${percent(row.accuracy)} ± ${percent(row.deviation)} %`,
      row.interval.map((end) => percent(end)).join(' to '),
      percent(row.balancedAccuracy),
      percent(row.top5),
      percent(row.calibrationError),
      row.accuracyAtBestEpoch === undefined ? '' : `(${percent(row.accuracyAtBestEpoch)})`,
    ]),
  ];
  const widths = cells[0].map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  return cells
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A line for each pair: which is better, by how much, and whether chance explains it. */
export function comparisonLines(comparisons: readonly Comparison[]): string[] {
  return comparisons.map(({ first, second, protocol, labels, difference, interval, pValues }) => {
    const points = (value: number) => `${value > 0 ? '+' : ''}${percent(value)}`;
    const ps = pValues.map((p) => (p < 1e-4 ? '< 0.0001' : p.toFixed(4)));
    return (
      `- ${protocol}, ${percentage(labels)} of the labels: ${first} less ${second} ${points(difference)} points ` +
      `[${interval.map(points).join(', ')}], McNemar p ${[...new Set(ps)].join(', ')}`
    );
  });
}
