/** @file The report's section on classification: the table of encoders and protocols, pairs, pictures. */
import { readFileSync } from 'node:fs';
import type { Block, Measurement, Section, Table } from './document.js';
import { isSignificant, part, percent, protocolName } from './findings.js';
import { picturesOf, type Classification } from './load.js';
import { madeBy } from './provenance.js';

/** Pictures by how their names begin, in the order in which they are shown. */
const PICTURES: readonly [kind: string, heading?: string][] = [
  ['accuracy'],
  ['confusion', 'What is taken for what'],
  ['map', 'Maps of the features'],
  ['neighbours', 'What is taken for alike'],
];

export function classificationSection(run: Classification): Section {
  const { rows, comparisons, dataset, images, classes, folder } = run;
  const isSeveral = rows.some(({ seeds }) => seeds > 1);
  const blocks: Block[] = [
    {
      kind: 'text',
      text:
        `${dataset}, ${classes.length} classes: ${images.train} images to train on, ${images.heldOut} held out for every choice, ` +
        `${images.test} test images whose labels were opened once. The last epoch counts. Intervals: 95 % over test images.`,
    },
    {
      kind: 'table',
      table: {
        caption: 'Test accuracy',
        header: [
          'encoder',
          'protocol',
          'accuracy',
          '95 %',
          '± over seeds',
          'balanced',
          'top 5',
          'calibration error',
          'seeds',
        ],
        rows: rows.map((row) => [
          row.encoder,
          `${protocolName(row.protocol)}${part(row.labels)}`,
          percent(row.accuracy),
          row.interval.map((bound) => percent(bound)).join(' to '),
          row.deviation === undefined ? '' : percent(row.deviation),
          percent(row.balancedAccuracy),
          percent(row.top5),
          percent(row.calibrationError),
          String(row.seeds),
        ]),
      },
    },
  ];
  if (comparisons.length > 0) {
    blocks.push({
      kind: 'table',
      table: {
        caption: `Pairs of encoders on the same images${isSeveral ? ', mean over seeds' : ''}`,
        header: ['pair', 'protocol', 'difference in points', '95 %', 'significant'],
        rows: comparisons.map((pair) => [
          `${pair.first} – ${pair.second}`,
          `${protocolName(pair.protocol)}${part(pair.labels)}`,
          signed(pair.difference),
          pair.interval.map(signed).join(' to '),
          isSignificant(pair) ? 'yes' : 'no',
        ]),
      },
    });
  }
  // In the table's order: each name ends in an encoder, or in an encoder and a protocol.
  const order = rows.flatMap(({ encoder, protocol }) => [encoder, `${encoder}-${protocol}`]);
  const place = (name: string) => order.indexOf(name.slice(name.indexOf('-') + 1));
  const pictures = [...picturesOf(folder)].sort(([a], [b]) => place(a) - place(b));
  for (const [kind, heading] of PICTURES) {
    const own = pictures.filter(([name]) => name.split('-')[0] === kind);
    if (own.length > 0 && heading !== undefined) blocks.push({ kind: 'heading', text: heading });
    for (const [name, path] of own) {
      const [svg, title] = [readFileSync(path, 'utf8'), sentence(name)];
      blocks.push({ kind: 'figure', title, svg, data: confusionTable(run, name, title) });
    }
  }
  blocks.push(madeBy(run));
  return { title: `Classification: ${dataset}`, blocks };
}

const signed = (fraction: number) => `${fraction < 0 ? '–' : '+'}${(100 * Math.abs(fraction)).toFixed(1)}`;

/** With more classes the table is longer than anyone reads. */
const MOST_CLASSES = 20;

/** The counts behind the picture 'confusion-ENCODER-PROTOCOL', all seeds together. */
function confusionTable(
  { arms, classes }: Classification,
  picture: string,
  title: string,
): Table | undefined {
  const own = arms.filter(({ encoder, protocol }) => picture === `confusion-${encoder}-${protocol}`);
  const most = Math.max(...own.map(({ labels }) => labels));
  const counted = own.filter(({ labels }) => labels === most);
  if (counted.length === 0 || classes.length > MOST_CLASSES) return undefined;
  return {
    caption: `${title}: images of each class (rows), and what they were taken for`,
    header: ['class', ...classes],
    rows: classes.map((name, i) => [
      name,
      ...classes.map((_, j) => String(counted.reduce((sum, { test }) => sum + test.confusion[i][j], 0))),
    ]),
  };
}

/** 'confusion-ssl-linear' as 'Confusion: ssl, linear'. */
function sentence(name: string): string {
  const [first, ...rest] = name.split('-');
  const head = first[0].toUpperCase() + first.slice(1);
  return rest.length === 0 ? head : `${head}: ${rest.join(', ')}`;
}

export const classificationMeasurements = ({ name, dataset, rows }: Classification): Measurement[] =>
  rows.flatMap((row) => {
    const common = {
      run: name,
      task: dataset,
      arm: row.encoder,
      method: `${row.protocol}${part(row.labels)}`,
      seeds: row.seeds,
    };
    const [low, high] = row.interval;
    return [
      { ...common, metric: 'accuracy', value: row.accuracy, low, high },
      { ...common, metric: 'balanced_accuracy', value: row.balancedAccuracy },
      { ...common, metric: 'top5', value: row.top5 },
      { ...common, metric: 'calibration_error', value: row.calibrationError },
    ];
  });
