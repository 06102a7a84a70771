/** @file Runs a scenario on ranks as jobs do: each a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/files.js';

export interface RankResult {
  /** The exit code, or the signal that ended it. */
  code: number | string;
  stderr: string;
  /** What the scenario returned. */
  value: unknown;
}

/** What a rank is started with; see scenarios.ts. */
export interface RankSetup {
  /** The compiled file beside this one that a rank runs; scenarios.js by default. */
  script?: string;
  scenario: string;
  rank: number;
  worldSize: number;
  token: string;
  socketsOnly?: boolean;
  rendezvous?: string;
  rendezvousLimit?: number;
  heartbeatLimit?: number;
  collectiveLimit?: number;
  [parameter: string]: unknown;
}

let jobs = 0;

/** Starts a rank; `ended` has what became of it. */
export function startRank(setup: RankSetup) {
  const script = join(PROJECT_ROOT, 'build', 'test', 'ddp', setup.script ?? 'scenarios.js');
  const child: ChildProcess = spawn(process.execPath, [script, JSON.stringify(setup)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  /** Resolves when the rank has printed its first line. */
  const running = new Promise<void>((resolve) => child.stdout!.once('data', () => resolve()));
  const ended = new Promise<RankResult>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => {
      const last = stdout.trim().split('\n').at(-1) ?? '';
      const value: unknown = /^[[{"]/.test(last) ? JSON.parse(last) : undefined;
      resolve({ code: code ?? signal ?? '', stderr, value });
    });
  });
  return { child, running, ended };
}

/** Starts all ranks of a job. */
export function startJob(scenario: string, worldSize: number, parameters: Partial<RankSetup> = {}) {
  const token = `test-${process.pid}-${jobs++}`;
  return Array.from({ length: worldSize }, (_, rank) =>
    startRank({ scenario, rank, worldSize, token, ...parameters }),
  );
}

/** Runs a job to its end; what the scenario returned on each rank. */
export async function runJob<T>(
  scenario: string,
  worldSize: number,
  parameters: Partial<RankSetup> = {},
): Promise<T[]> {
  const results = await Promise.all(startJob(scenario, worldSize, parameters).map(({ ended }) => ended));
  const failed = results.find(({ code }) => code !== 0);
  if (failed !== undefined) throw new Error(`A rank ended with ${failed.code}: ${failed.stderr}`);
  return results.map(({ value }) => value as T);
}
