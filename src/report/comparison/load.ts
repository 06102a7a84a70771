/** @file What runs left in their folders, as far as a report tells of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../errors.js';
import { readMetrics, type MetricsRecord, type RunDescription } from '../../runs/index.js';
import type { Interval } from '../accuracy.js';
import type { ArmRun } from '../arms.js';

export interface Pretraining {
  kind: 'pretraining';
  name: string;
  folder: string;
  description: RunDescription<Record<string, unknown>>;
  summary: {
    steps: number;
    seconds: number;
    knnPixels?: number;
    knnRandom?: number;
    knn?: number;
    probe?: number;
    rankMe?: number;
  };
  metrics: MetricsRecord[];
}

/** Results on the test set of one encoder, protocol and part of the labels, over seeds; fractions. */
export interface ClassificationRow {
  encoder: string;
  protocol: string;
  /** Part of the labels, 1 for all. */
  labels: number;
  seeds: number;
  accuracy: number;
  /** Over seeds; undefined with one. */
  deviation?: number;
  /** Of the mean accuracy over the test images, 95 %: Wilson with one seed, bootstrap over images with several. */
  interval: Interval;
  balancedAccuracy: number;
  top5: number;
  calibrationError: number;
}

export interface Pair {
  first: string;
  second: string;
  protocol: string;
  labels: number;
  difference: number;
  interval: Interval;
}

export interface Classification {
  kind: 'classification';
  name: string;
  folder: string;
  description: RunDescription<Record<string, unknown>>;
  dataset: string;
  classes: number;
  images: { train: number; heldOut: number; test: number };
  rows: ClassificationRow[];
  comparisons: Pair[];
}

export interface AgentComparison {
  kind: 'agents';
  name: string;
  folder: string;
  description: RunDescription<Record<string, unknown>>;
  env: string;
  agent: string;
  steps: number;
  arms: string[];
  runs: (ArmRun & { seed: number })[];
}

export type LoadedRun = Pretraining | Classification | AgentComparison;

/**
 * Reads a finished run of pretrain, eval:classify or eval:rl.
 * @throws UserError for a folder that is none of these.
 */
export function loadRun(folder: string): LoadedRun {
  const read = <T>(file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
  const has = (file: string) => existsSync(join(folder, file));
  if (!has('config.json') || !(has('results.json') || has('summary.json'))) {
    throw new UserError(
      `${folder} cannot be reported: expected the folder of a finished run of pretrain, eval:classify or eval:rl, ` +
        'with its config.json and its summary.json or results.json.',
    );
  }
  const common = {
    name: basename(folder),
    folder,
    description: read<RunDescription<Record<string, unknown>>>('config.json'),
  };
  if (!has('results.json')) {
    const metrics = has('metrics.jsonl') ? readMetrics(folder) : [];
    return { kind: 'pretraining', ...common, summary: read<Pretraining['summary']>('summary.json'), metrics };
  }
  const results = read<Record<string, unknown>>('results.json');
  if ('rows' in results) {
    const { dataset, images, rows, comparisons, classes } = results as unknown as Classification & {
      classes: string[];
    };
    return { kind: 'classification', ...common, dataset, classes: classes.length, images, rows, comparisons };
  }
  const {
    config,
    arms,
    results: runs,
  } = results as unknown as {
    config: { env: string; agent: string; steps: number };
    arms: { name: string }[];
    results: AgentComparison['runs'];
  };
  const { env, agent, steps } = config;
  return { kind: 'agents', ...common, env, agent, steps, arms: arms.map(({ name }) => name), runs };
}

/** The pictures that a run left as SVG, by their names without the ending. */
export function picturesOf(folder: string): Map<string, string> {
  const place = join(folder, 'pictures');
  const files = existsSync(place) ? readdirSync(place).filter((file) => file.endsWith('.svg')) : [];
  return new Map(files.sort().map((file) => [file.slice(0, -'.svg'.length), join(place, file)]));
}
