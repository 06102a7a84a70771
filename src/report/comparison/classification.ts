/** @file The report's section on classification: the table of encoders and protocols, pairs, pictures. */
import { readFileSync } from 'node:fs';
import type { Block, Measurement, Section } from './document.js';
import { isSignificant, part, percent } from './findings.js';
import { picturesOf, type Classification } from './load.js';

export function classificationSection(run: Classification): Section {
  const { rows, comparisons, dataset, images, classes, folder } = run;
  const isSeveral = rows.some(({ seeds }) => seeds > 1);
  const blocks: Block[] = [
    {
      kind: 'text',
      text:
        `${dataset}, ${classes} classes: ${images.train} images to train on, ${images.heldOut} held out for every choice, ` +
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
          `${row.protocol}${part(row.labels)}`,
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
          `${pair.protocol}${part(pair.labels)}`,
          signed(pair.difference),
          pair.interval.map(signed).join(' to '),
          isSignificant(pair) ? 'yes' : 'no',
        ]),
      },
    });
  }
  for (const [name, path] of picturesOf(folder)) blocks.push(figureOf(name, path));
  return { title: `Classification: ${dataset}`, blocks };
}

const signed = (fraction: number) => `${fraction < 0 ? '–' : '+'}${(100 * Math.abs(fraction)).toFixed(1)}`;

/** Pictures with images in them stay as they are; charts take the report's colours. */
function figureOf(name: string, path: string): Block {
  const svg = readFileSync(path, 'utf8');
  const title = sentence(name);
  if (!name.startsWith('map') && !name.startsWith('neighbours') && !name.startsWith('confusion')) {
    return { kind: 'figure', title, svg };
  }
  return { kind: 'figure', title, image: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}` };
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
