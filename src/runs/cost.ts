/** @file What a run has cost so far, measured by who started it: cost.json in its folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../files.js';

export interface Cost {
  /** Of the whole command: start, data, training, evaluations, pictures. */
  seconds: number;
  /** Of the processors, all of the machine's work in it; undefined where the machine does not tell. */
  joules?: number;
}

const FILE = 'cost.json';

/** Undefined for a run that nobody has measured. */
export function readCost(folder: string): Cost | undefined {
  const path = join(folder, FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Cost) : undefined;
}

/** Adds what a further part of a run that was stopped has cost. @throws UserError when it cannot be written. */
export function addCost(folder: string, { seconds, joules }: Cost): void {
  const before = readCost(folder) ?? { seconds: 0, joules: 0 };
  const both = joules !== undefined && before.joules !== undefined;
  const sum: Cost = {
    seconds: before.seconds + seconds,
    joules: both ? before.joules! + joules : undefined,
  };
  writeFileAtomic(join(folder, FILE), `${JSON.stringify(sum)}\n`);
}
