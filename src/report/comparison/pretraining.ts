/** @file The report's section on pretraining: what encoders reach on held-out images, their curves, their speed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricsRecord } from '../../runs/index.js';
import { drawCurves, type Curve } from '../curves.js';
import { quantile } from '../statistics.js';
import type { Block, Measurement, Section, Table } from './document.js';
import { percent } from './findings.js';
import type { Pretraining } from './load.js';
import { madeBy } from './provenance.js';

/** Points of a drawn curve; more become means with the range between. */
const MOST_POINTS = 240;
const TABLE_ROWS = 12;

/** What is drawn, with the words beside it. Metrics that no run has are left out. */
const FIGURES = [
  { metric: 'train/loss', title: 'Loss', label: 'loss of the method; band: range of neighbouring records' },
  { metric: 'eval/knn', title: 'Held-out kNN accuracy', label: 'fraction of held-out images' },
  { metric: 'eval/probe', title: 'Held-out linear probe', label: 'fraction of held-out images' },
  { metric: 'eval/accuracy', title: 'Held-out accuracy', label: 'fraction of held-out images' },
  { metric: 'eval/rank_me', title: 'Effective rank of embeddings', label: 'RankMe' },
  { metric: 'eval/embedding_std', title: 'Spread of embeddings', label: 'standard deviation; 0: collapsed' },
];

export function pretrainingSection(runs: readonly Pretraining[]): Section {
  const blocks: Block[] = [{ kind: 'table', table: summaryTable(runs) }];
  for (const { metric, title, label } of FIGURES) {
    blocks.push(...figures(runs, metric, title, label));
  }
  blocks.push(...views(runs), ...runs.map(madeBy));
  return { title: 'Pretraining', blocks };
}

/** Images and their views, once where several runs saw the same. */
function views(runs: readonly Pretraining[]): Block[] {
  const pictures = new Map<string, string[]>();
  for (const { name, folder } of runs) {
    const path = join(folder, 'views.png');
    if (!existsSync(path)) continue;
    const image = `data:image/png;base64,${readFileSync(path).toString('base64')}`;
    pictures.set(image, [...(pictures.get(image) ?? []), name]);
  }
  return [...pictures].map(([image, names]) => ({
    kind: 'photograph',
    title: `Images, and the views that ${names.join(', ')} learnt from`,
    image,
  }));
}

export function pretrainingMeasurements(run: Pretraining): Measurement[] {
  const { name, summary, description } = run;
  const { knnPixels, knnRandom, knn, probe, rankMe, seconds } = summary;
  const found = {
    knn_pixels: knnPixels,
    knn_random: knnRandom,
    knn,
    probe,
    rank_me: rankMe,
    seconds,
    images_per_second: medianSpeed(run),
  };
  return Object.entries(found).flatMap(([metric, value]) =>
    value === undefined
      ? []
      : [{ run: name, task: description.dataset, arm: name, method: 'pretrain', metric, value, seeds: 1 }],
  );
}

/** Median images a second of training steps; undefined for a run that has not told. */
export function medianSpeed({ metrics }: Pretraining): number | undefined {
  const speeds = valuesOf(metrics, 'time/images_per_second').map(({ value }) => value);
  return speeds.length === 0
    ? undefined
    : quantile(
        speeds.sort((a, b) => a - b),
        0.5,
      );
}

const text = (value: number | undefined, show: (value: number) => string) =>
  value === undefined ? '' : show(value);

function summaryTable(runs: readonly Pretraining[]): Table {
  const setting = ({ description }: Pretraining, name: string) => {
    const value = description.config[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return {
    caption: 'Pretraining runs; accuracies on held-out training images',
    header: [
      'run',
      'method',
      'network',
      'data',
      'epochs',
      'kNN',
      'untrained',
      'raw pixels',
      'probe',
      'RankMe',
    ],
    rows: runs.map((run) => {
      const { knn, knnRandom, knnPixels, probe, rankMe } = run.summary;
      return [
        run.name,
        setting(run, 'method'),
        setting(run, 'arch'),
        run.description.dataset,
        setting(run, 'epochs'),
        text(knn, percent),
        text(knnRandom, percent),
        text(knnPixels, percent),
        text(probe, percent),
        text(rankMe, (value) => value.toFixed(1)),
      ];
    }),
  };
}

interface Point {
  epoch: number;
  /** Minutes of training steps; evaluations are not in it. */
  minutes: number;
  value: number;
}

/** A metric against epochs, and against time where the runs told their speed. */
function figures(runs: readonly Pretraining[], metric: string, title: string, label: string): Block[] {
  const named = runs
    .map((run) => ({ name: run.name, points: withMinutes(run, metric) }))
    .filter(({ points }) => points.length > 1);
  if (named.length === 0) return [];
  const draw = (x: 'epoch' | 'minutes', axis: string): Block => {
    const curves = named.map(({ name, points }): Curve => ({ name, points: thinned(points, x) }));
    const suffix = x === 'epoch' ? 'over epochs' : 'over time';
    return {
      kind: 'figure',
      title: `${title} ${suffix}`,
      svg: drawCurves({ title: `${title} ${suffix}`, label, axis }, curves),
      data: curveTable(`${title} ${suffix}`, axis, curves),
    };
  };
  const isTimed = named.every(({ points }) => points[points.length - 1].minutes > 0);
  return [draw('epoch', 'epochs'), ...(isTimed ? [draw('minutes', 'minutes of training steps')] : [])];
}

const valuesOf = (metrics: readonly MetricsRecord[], name: string) =>
  metrics.flatMap(({ step, epoch, metrics: { [name]: value } }) =>
    typeof value === 'number' ? [{ step, epoch, value }] : [],
  );

function withMinutes({ metrics, description }: Pretraining, metric: string): Point[] {
  const { batchSize } = description.config;
  const points: Point[] = [];
  let [minutes, before] = [0, 0];
  for (const { step, epoch, metrics: values } of metrics) {
    const speed = values['time/images_per_second'];
    if (typeof speed === 'number' && speed > 0 && typeof batchSize === 'number') {
      minutes += ((step - before) * batchSize) / speed / 60;
      before = step;
    }
    const value = values[metric];
    if (typeof value === 'number') points.push({ epoch, minutes, value });
  }
  return points;
}

/** At most MOST_POINTS: means of neighbours, between their lowest and highest. */
function thinned(points: readonly Point[], x: 'epoch' | 'minutes'): Curve['points'] {
  const size = Math.ceil(points.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const own = points.slice(i * size, (i + 1) * size);
    const values = own.map(({ value }) => value);
    return {
      x: own[own.length - 1][x],
      value: values.reduce((sum, value) => sum + value) / values.length,
      low: Math.min(...values),
      high: Math.max(...values),
    };
  });
}

/** Some points of each curve, first and last among them. */
export function curveTable(caption: string, axis: string, curves: readonly Curve[]): Table {
  return {
    caption,
    header: ['curve', axis, 'value', 'low', 'high'],
    rows: curves.flatMap(({ name, points }) => {
      const count = Math.min(points.length, TABLE_ROWS);
      const chosen = Array.from(
        { length: count },
        (_, i) => points[Math.round((i * (points.length - 1)) / Math.max(1, count - 1))],
      );
      return chosen.map(({ x, value, low, high }) => [name, ...[x, value, low, high].map(digits)]);
    }),
  };
}

const digits = (value: number) => String(Number(value.toPrecision(4)));
