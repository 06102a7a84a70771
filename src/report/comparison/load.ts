/** @file What runs left in their folders, as far as a report tells of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import {
  readCost,
  readMetrics,
  type Cost,
  type MetricsRecord,
  type PretrainResults,
  type RunDescription,
} from '../../runs/index.js';
import type { Interval } from '../accuracy.js';
import type { ArmRun } from '../arms.js';

/** A run, and what it is called in the report. */
export interface NamedRun {
  name: string;
  folder: string;
}

interface Common extends NamedRun {
  description: RunDescription<Record<string, unknown>>;
  /** Undefined for a run that no comparison has started. */
  cost?: Cost;
}

export interface Pretraining extends Common {
  kind: 'pretraining';
  summary: PretrainResults;
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

/** One encoder under one protocol with one seed. */
export interface ClassificationArm {
  encoder: string;
  protocol: string;
  labels: number;
  /** [true class][predicted class], test images. */
  test: { confusion: number[][] };
}

export interface Classification extends Common {
  kind: 'classification';
  dataset: string;
  classes: string[];
  arms: ClassificationArm[];
  images: { train: number; heldOut: number; test: number };
  rows: ClassificationRow[];
  comparisons: Pair[];
}

export interface AgentComparison extends Common {
  kind: 'agents';
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
export function loadRun({ name, folder }: NamedRun): LoadedRun {
  const read = <T>(file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
  const has = (file: string) => existsSync(join(folder, file));
  if (!has('config.json') || !(has('results.json') || has('summary.json'))) {
    throw new UserError(
      `${folder} cannot be reported: expected the folder of a finished run of pretrain, eval:classify or eval:rl, ` +
        'with its config.json and its summary.json or results.json.',
    );
  }
  const common = {
    name,
    folder,
    description: read<RunDescription<Record<string, unknown>>>('config.json'),
    cost: readCost(folder),
  };
  if (!has('results.json')) {
    const metrics = has('metrics.jsonl') ? readMetrics(folder) : [];
    return { kind: 'pretraining', ...common, summary: read<Pretraining['summary']>('summary.json'), metrics };
  }
  const results = read<Record<string, unknown>>('results.json');
  if ('rows' in results) {
    const { dataset, images, arms, rows, comparisons, classes } = results as unknown as Classification;
    return { kind: 'classification', ...common, dataset, classes, images, arms, rows, comparisons };
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
