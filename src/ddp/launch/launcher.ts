/**
 * @file The launcher: starts this command's ranks on this host by node's cluster, waits, says who failed, ends the rest,
 * and starts all again from the last checkpoint if it may.
 */
import cluster, { type Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { UserError } from '../../errors.js';
import type { DistributedOptions } from './job.js';
import { STOP, type Restart, type RestartMessage } from './line.js';
import { runUnderMpirun } from './mpirun.js';

/** The exit code of a rank that has seen another one fail. */
const PEER_FAILED = 75;
/** How long the others have to end by themselves when a rank has failed. */
const GRACE_MILLISECONDS = 10_000;

/** One run of all ranks of this host. */
export interface Attempt {
  readonly options: DistributedOptions;
  /** Another one for each attempt. */
  readonly token: string;
  /** The command line. */
  readonly words: string[];
  /** What the ranks say of the next attempt. */
  readonly plan: { restart?: Restart };
  readonly stop: ReturnType<typeof listenForSignals>;
}

interface Ending {
  rank: number;
  pid: number;
  code: number | null;
  signal: string | null;
}

/**
 * Runs the ranks of this host to their end.
 * @returns the exit code
 * @throws UserError for options that do not go together.
 */
export async function launch(options: DistributedOptions): Promise<number> {
  const { nprocPerNode, nnodes, maxRestarts } = options;
  if (options.backend === 'mpi' && nnodes > 1) {
    throw new UserError(
      '--backend mpi: --nnodes is for the ring. On several machines start the ranks themselves with mpirun or srun: ' +
        'mpirun -n 4 --host a:2,b:2 node build/src/cli/COMMAND.js ... --backend mpi.',
    );
  }
  const job =
    process.env.ENCODERGYM_JOB ?? (nnodes > 1 ? `${options.masterAddr}:${options.masterPort}` : undefined);
  const token = job ?? randomBytes(16).toString('hex');
  const stop = listenForSignals();
  const plan: Attempt['plan'] = {};
  const run = options.backend === 'mpi' ? runUnderMpirun : runRanks;
  for (let attempt = 0; ; attempt++) {
    const begun = plan.restart !== undefined && existsSync(plan.restart.once);
    const words = begun ? plan.restart!.words : process.argv.slice(2);
    const code = await run({ options, token: `${token} ${attempt}`, words, plan, stop });
    if (stop.code !== 0) return stop.code;
    // Errors of the program itself would only come again; a process that was lost may not.
    const again = code > 2 && attempt < maxRestarts;
    if (!again) {
      if (code > 2 && maxRestarts > 0)
        console.error(`That was restart ${attempt} of ${maxRestarts}: giving up.`);
      return code > 2 ? 1 : code;
    }
    console.error(
      `Starting all ${nprocPerNode} ranks again from the last checkpoint (${attempt + 1} of ${maxRestarts}).`,
    );
  }
}

const describe = ({ rank, pid, code, signal }: Ending) =>
  `Rank ${rank} (host ${hostname()}, process ${pid}) ended by ${signal ?? `exit code ${code ?? '?'}`}.`;

/**
 * Runs the ranks of this host to their end. Once one has failed, the rest are ended after a while.
 * @returns the exit code of the one to blame: 0 when there is none, above 2 when it was lost
 */
async function runRanks({ options, token, words, plan, stop }: Attempt): Promise<number> {
  const { nprocPerNode, nnodes, nodeRank, masterAddr, masterPort } = options;
  cluster.setupPrimary({
    exec: process.argv[1],
    args: words,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const devices = visibleDevices(nprocPerNode);
  const endings: Ending[] = [];
  const workers = new Map<number, Worker>();
  const started = Array.from({ length: nprocPerNode }, (_, localRank) => {
    const rank = nodeRank * nprocPerNode + localRank;
    const worker = cluster.fork({
      ENCODERGYM_JOB: token,
      RANK: rank,
      WORLD_SIZE: nnodes * nprocPerNode,
      LOCAL_RANK: localRank,
      LOCAL_WORLD_SIZE: nprocPerNode,
      MASTER_ADDR: masterAddr,
      MASTER_PORT: masterPort,
      CUDA_VISIBLE_DEVICES: devices[localRank],
    });
    workers.set(rank, worker);
    worker.on('message', (message: Partial<RestartMessage>) => {
      plan.restart = message.restart ?? plan.restart;
    });
    return new Promise<void>((resolve) =>
      worker.on('exit', (code: number | null, signal: string | null) => {
        endings.push({ rank, pid: worker.process.pid ?? 0, code, signal });
        workers.delete(rank);
        if (code !== 0 || signal !== null) endRest();
        resolve();
      }),
    );
  });
  let timer: NodeJS.Timeout | undefined;
  const endRest = () => {
    // The others see it themselves and end; one that is stopped or hangs does not.
    timer ??= setTimeout(
      () => workers.forEach(({ process: child }) => child.kill('SIGKILL')),
      GRACE_MILLISECONDS,
    );
  };
  stop.onStop = (again) => {
    for (const worker of workers.values()) {
      if (again) worker.process.kill('SIGKILL');
      else if (worker.isConnected()) worker.send(STOP);
    }
  };
  if (stop.code !== 0) stop.onStop(false);
  await Promise.all(started);
  clearTimeout(timer);
  const failed = endings.filter(({ code, signal }) => code !== 0 || signal !== null);
  if (failed.length === 0) return 0;
  // Those who end because of another's error end with 1; the user's mistake itself is 2.
  const culprit = failed.find(({ code }) => code === 2) ?? failed.find(({ code }) => code !== PEER_FAILED);
  const code = culprit?.code ?? PEER_FAILED;
  if (stop.code === 0 && culprit !== undefined && (code > 2 || culprit.signal !== null))
    console.error(describe(culprit));
  return code;
}

/** Ctrl-C and SIGTERM: the ranks end after their step; at the second one, at once. `code` is then the exit code. */
function listenForSignals() {
  const stop = { code: 0, onStop: undefined as ((again: boolean) => void) | undefined };
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      const again = stop.code !== 0;
      stop.code = code;
      stop.onStop?.(again);
    });
  }
  return stop;
}

/** Which GPU each rank of this host sees. @throws UserError when there are fewer than ranks. */
function visibleDevices(ranks: number): string[] {
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  if (visible === '') return Array<string>(ranks).fill('');
  const devices = visible?.split(',') ?? Array.from({ length: ranks }, (_, i) => String(i));
  if (devices.length >= ranks) return devices;
  throw new UserError(
    `CUDA_VISIBLE_DEVICES names ${devices.length} GPUs for ${ranks} ranks: set --nproc-per-node to ${devices.length} at most.`,
  );
}
