/** @file What the benches share: a rate of ours against a peer's, measured in turn, and the values of their flags. */
import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { Option } from 'commander';
import { UserError } from '../../errors.js';
import { median } from '../../pretrain/index.js';

/** The peer and we take turns this often, so that a change of the machine's mood hits both. */
const ROUNDS = 2;

interface Comparison {
  rate: number;
  peer?: Record<string, unknown>;
  peerRate?: number;
  ratio?: number;
  loadAverage: number;
}

/** Parses the value of `--name`. @throws UserError unless it is a whole number from 1. */
export const wholeNumber = (name: string) => (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UserError(`--${name}: expected a whole number from 1, found "${text}".`);
  }
  return value;
};

/** Parses the value of `--seconds`. @throws UserError unless it is a number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UserError(`--seconds: expected a number above 0, found "${text}".`);
}

/** Says how busy the machine was before, and returns it. */
export function printLoad(): number {
  const loadAverage = loadavg()[0];
  console.log(`Load average before: ${loadAverage.toFixed(2)} on ${availableParallelism()} cores.`);
  if (loadAverage > 0.5) console.log('Warning: the machine is busy; rates and ratios will be off.');
  return loadAverage;
}

/** Measures us, and the peer in turn; prints rates, ratio and how busy the machine was before. */
export async function compare(
  unit: string,
  measure: () => number | Promise<number>,
  peer?: string,
): Promise<Comparison> {
  const loadAverage = printLoad();
  const key = `${unit}_per_second`;
  const ours: number[] = [];
  const theirs: number[] = [];
  let report: Record<string, unknown> | undefined;
  for (let round = 0; round < (peer === undefined ? 1 : ROUNDS); round++) {
    ours.push(await measure());
    console.log(`encodergym: ${ours[round].toFixed(1)} ${unit}/s`);
    if (peer === undefined) continue;
    report = await runPeer(peer, key);
    theirs.push(report[key] as number);
    console.log(`peer:       ${theirs[round].toFixed(1)} ${unit}/s`);
  }
  const rate = median(ours);
  if (report === undefined) return { rate, loadAverage };
  const peerRate = median(theirs);
  console.log(`ratio:      ${(rate / peerRate).toFixed(2)}`);
  return { rate, peer: report, peerRate, ratio: rate / peerRate, loadAverage };
}

/** Runs a command; the last line of its stdout that is a JSON object with a number under `key`. */
export async function runPeer(peer: string, key: string): Promise<Record<string, unknown>> {
  const child = spawn(peer, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  const lines = output.split('\n').reverse();
  for (const line of lines) {
    if (!line.trimStart().startsWith('{')) continue;
    try {
      const report = JSON.parse(line) as Record<string, unknown>;
      if (typeof report[key] === 'number') return report;
    } catch {
      // Not JSON after all: the line above may be.
    }
  }
  throw new UserError(
    `The peer "${peer}" ended with code ${code ?? 'none'} and printed no JSON line with "${key}". Run it by itself to see why.`,
  );
}

export const peerOption = () =>
  new Option('--peer <command>', 'command to measure in turn with us, in the same run');
