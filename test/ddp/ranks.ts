/** @file Runs a scenario on ranks as jobs do: each a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { MPI_ENVIRONMENT, mpirunCommand } from '../../src/ddp/index.js';
import { PROJECT_ROOT } from '../../src/files.js';

export interface RankResult {
  /** The exit code, or the signal that ended it. */
  code: number | string;
  stdout: string;
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
  backend?: 'ring' | 'mpi';
  socketsOnly?: boolean;
  /** Every rank says that it is on a host of its own. */
  distinctHosts?: boolean;
  host?: string;
  rendezvous?: string;
  rendezvousLimit?: number;
  heartbeatLimit?: number;
  collectiveLimit?: number;
  [parameter: string]: unknown;
}

let jobs = 0;

/** The command line of a rank. */
const commandOf = (setup: RankSetup) => [
  process.execPath,
  join(PROJECT_ROOT, 'build', 'test', 'ddp', setup.script ?? 'scenarios.js'),
  JSON.stringify(setup),
];

/** Starts a rank; `ended` has what became of it. */
export const startRank = (setup: RankSetup) => start(commandOf(setup));

/** Starts all ranks of a job by mpirun, which is then what has ended; each value is a line of `stdout`. */
export function startByMpirun(scenario: string, worldSize: number, parameters: Partial<RankSetup> = {}) {
  const ranks = setupsOf(scenario, worldSize, { backend: 'mpi', ...parameters });
  return start(mpirunCommand(ranks.map(commandOf)), MPI_ENVIRONMENT);
}

function start([program, ...words]: string[], variables: Record<string, string> = {}) {
  const child: ChildProcess = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variables },
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
      resolve({ code: code ?? signal ?? '', stdout, stderr, value });
    });
  });
  return { child, running, ended };
}

/** Starts all ranks of a job. */
export function startJob(scenario: string, worldSize: number, parameters: Partial<RankSetup> = {}) {
  return setupsOf(scenario, worldSize, parameters).map(startRank);
}

function setupsOf(scenario: string, worldSize: number, parameters: Partial<RankSetup>): RankSetup[] {
  const token = `test-${process.pid}-${jobs++}`;
  return Array.from({ length: worldSize }, (_, rank) => ({
    ...{ scenario, rank, worldSize, token },
    ...parameters,
    ...(parameters.distinctHosts === true && { host: `host${rank}` }),
  }));
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

/** Runs a job by mpirun to its end; what the scenario returned on each rank, in no order. */
export async function runByMpirun<T>(
  scenario: string,
  worldSize: number,
  parameters: Partial<RankSetup> = {},
): Promise<T[]> {
  const { code, stdout, stderr } = await startByMpirun(scenario, worldSize, parameters).ended;
  if (code !== 0) throw new Error(`mpirun ended with ${code}: ${stderr}`);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as T);
}

/** Where nobody listens: 'tcp:127.0.0.1:PORT'. */
export async function freeAddress(): Promise<string> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `tcp:127.0.0.1:${port}`;
}
