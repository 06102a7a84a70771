/** @file `npm run bench -- ddp`: all-reduce by every transport, and how training scales from one rank to several. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { MPI_ENVIRONMENT, mpirunCommand } from '../../ddp/index.js';
import { EncodergymError } from '../../errors.js';
import { PROJECT_ROOT } from '../../files.js';
import { median, type RankSeconds } from '../../pretrain/index.js';
import { onRun } from '../command.js';
import { peerOption, positive, printLoad, runPeer, wholeNumber } from './compare.js';
import type { RankTask } from './ddp-rank.js';
import { addNetworkOptions, speedOptions, type NetworkFlags } from './network.js';

const KILOBYTE = 1024;
const SIZES = [KILOBYTE, KILOBYTE ** 2, 25 * KILOBYTE ** 2, 100 * KILOBYTE ** 2];
/** MPI only where native/mpi is built. */
const CARRIERS: readonly RankTask['by'][] = existsSync(join(PROJECT_ROOT, 'build', 'mpi.node'))
  ? ['host', 'sockets', 'mpi']
  : ['host', 'sockets'];
const RANK_SCRIPT = fileURLToPath(new URL('./ddp-rank.js', import.meta.url));

interface DdpFlags extends NetworkFlags {
  ranks: number;
  seconds: number;
  engine?: string;
  peer?: string;
}

export const ddpBench = addNetworkOptions(new Command('ddp'), 6)
  .description('All-reduce in milliseconds, and images a second of one rank and of several, a thread each.')
  .option('--ranks <n>', 'ranks', wholeNumber('ranks'), 2)
  .option('--seconds <n>', 'how long to measure each size', positive, 2)
  .option('--engine <name>', 'engine')
  .addOption(peerOption());

onRun(ddpBench, async (flags: DdpFlags) => {
  const loadAverage = printLoad();
  const { ranks, seconds, peer, engine, batch } = flags;
  const speed = speedOptions(flags);
  const allReduce: Record<string, number[]> = {};
  console.log(`All-reduce of 1 KB, 1 MB, 25 MB, 100 MB at ${ranks} ranks, median milliseconds:`);
  for (const by of CARRIERS) {
    const { transport, result } = await runRanks<number[]>(ranks, {
      measure: 'allReduce',
      bytes: SIZES,
      seconds,
      by,
    });
    if (transport in allReduce) continue; // reading memory is not possible here
    allReduce[transport] = result;
    printRow(transport, result);
  }
  if (peer !== undefined) {
    const report = await runPeer(`${peer} --ranks ${ranks} --seconds ${seconds}`, 'ranks');
    allReduce.peer = report.milliseconds as number[];
    printRow('peer', allReduce.peer);
  }
  console.log(`${flags.arch}, ${flags.stem} stem, batch ${batch} a rank, one thread a rank, SyncBatchNorm:`);
  const task = { measure: 'steps', engine, speed, by: 'host' } as const;
  const { result: rounds } = await runRanks<RankSeconds[]>(ranks, task);
  const middle = (of: (round: RankSeconds) => number) => median(rounds.map(of));
  const [alone, apart, together] = [
    middle((r) => r.alone),
    middle((r) => r.apart),
    middle((r) => r.together),
  ];
  // Of each round, so that a change of the machine's mood hits both sides.
  const scaling = middle((r) => (ranks * r.alone) / r.together);
  const limit = middle((r) => (ranks * r.alone) / r.apart);
  const rate = (seconds: number) => `${(batch / seconds).toFixed(1)} images/s`;
  console.log(`  1 rank, the others resting      ${rate(alone)}`);
  console.log(`  ${ranks} ranks, each for itself       ${rate(apart / ranks)}: ${limit.toFixed(2)} times`);
  console.log(
    `  ${ranks} ranks as one                 ${rate(together / ranks)}: ${scaling.toFixed(2)} times`,
  );
  console.log(`  ${(1000 * middle((r) => r.together - r.apart)).toFixed(0)} ms a step are waited for.`);
  return { allReduce, ranks, sizes: SIZES, alone, apart, together, scaling, limit, loadAverage };
});

/** MPI's library says more of itself than a table has room for. */
const printRow = (name: string, milliseconds: readonly number[]) =>
  console.log(
    `  ${name.slice(0, 20).padEnd(20)}${milliseconds.map((value) => value.toFixed(3).padStart(10)).join('')}`,
  );

type Task = RankTask extends infer One
  ? One extends RankTask
    ? Omit<One, 'rank' | 'worldSize' | 'token'>
    : never
  : never;

/** Runs ranks on this host; what rank 0 measured. */
export async function runRanks<T>(worldSize: number, task: Task): Promise<{ transport: string; result: T }> {
  const token = randomBytes(8).toString('hex');
  const commands = Array.from({ length: worldSize }, (_, rank) => [
    process.execPath,
    RANK_SCRIPT,
    JSON.stringify({ ...task, rank, worldSize, token }),
  ]);
  const outputs =
    task.by === 'mpi'
      ? [await run(mpirunCommand(commands), MPI_ENVIRONMENT)]
      : await Promise.all(commands.map((command) => run(command)));
  return JSON.parse(outputs[0]) as { transport: string; result: T };
}

/** What the command printed. */
async function run([program, ...words]: string[], variables: Record<string, string> = {}): Promise<string> {
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...variables },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  if (code === 0) return output;
  throw new EncodergymError(`A rank of the bench ended with code ${code ?? 'none'}.`);
}
