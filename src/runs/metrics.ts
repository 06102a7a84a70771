/**
 * @file A run's numbers over time: metrics.jsonl, one JSON object a line, each with the step after which it was
 * measured, and the same numbers for TensorBoard.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, writeFileAtomic } from '../files.js';
import { EventWriter } from './tensorboard.js';

/** Numbers under canonical names, such as 'train/loss' or 'eval/knn'. */
export type Metrics = Record<string, number>;

export interface MetricsRecord {
  step: number;
  epoch: number;
  metrics: Metrics;
}

/** Appends to metrics.jsonl and to an event file of this process. */
export class MetricsLog {
  private readonly path: string;
  private readonly events: EventWriter;

  /** @param resumedAt steps that the run has behind it; what the files say of later ones is dropped. */
  constructor(folder: string, resumedAt: number) {
    this.path = join(folder, 'metrics.jsonl');
    if (existsSync(this.path)) {
      const kept = readMetrics(folder).filter(({ step }) => step <= resumedAt);
      writeFileAtomic(this.path, kept.map((record) => format(record)).join(''));
    }
    const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.encodergym.${process.pid}`;
    this.events = new EventWriter(join(folder, name), resumedAt > 0 ? resumedAt : undefined);
  }

  append(record: MetricsRecord): void {
    try {
      appendFileSync(this.path, format(record));
    } catch (error) {
      throw fileError(error, 'write', this.path);
    }
    this.events.scalars(record.step, record.metrics);
  }
}

/** All whole lines of a run's metrics.jsonl; the half line that a crash may leave is passed over. */
export function readMetrics(folder: string): MetricsRecord[] {
  const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').split('\n');
  return lines.flatMap((line) => {
    try {
      const { step, epoch, ...metrics } = JSON.parse(line) as { step: number; epoch: number } & Metrics;
      return [{ step, epoch, metrics }];
    } catch {
      return [];
    }
  });
}

const format = ({ step, epoch, metrics }: MetricsRecord) =>
  `${JSON.stringify({ step, epoch, ...metrics })}\n`;
