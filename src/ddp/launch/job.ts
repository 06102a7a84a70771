/** @file How a command runs on many ranks: the same command line is the launcher, or a rank, by its environment. */
import { UserError } from '../../errors.js';
import { SoloCommunicator, type Backend, type Communicator } from '../communicator.js';
import { joinMpi } from '../mpi/mpi.js';
import { joinRing } from '../ring/ring.js';
import { currentRank, type RankEnvironment } from './environment.js';
import { launch } from './launcher.js';
import { lineToLauncher, type Line, type Restart } from './line.js';
import { RankLog } from './rank-log.js';

export interface DistributedOptions {
  /** Ranks on each host. */
  readonly nprocPerNode: number;
  readonly nnodes: number;
  readonly nodeRank: number;
  readonly masterAddr: string;
  readonly masterPort: number;
  /** What carries the data. */
  readonly backend: Backend;
  /** How often all ranks may be started again from the last checkpoint. */
  readonly maxRestarts: number;
  /** Seconds, see WatchLimits and JoinOptions. */
  readonly heartbeatLimit: number;
  readonly collectiveLimit: number;
  readonly rendezvousLimit: number;
}

/** What a rank works with. */
export interface Job {
  readonly communicator: Communicator;
  /** Ranks on this host, which share its cores. */
  readonly localWorldSize: number;
  /** Asks to end after the step under way. */
  readonly signal: AbortSignal;
  /**
   * Says, before anything of the run is written, where its files will be and how the command goes on with it after a
   * failure. Resolves when the launcher knows.
   * @param folder for the ranks' logs
   */
  settle(folder: string, restart: Restart): Promise<void>;
}

/** The job of a process that is the only one. */
export const soloJob = (signal: AbortSignal): Job => ({
  communicator: new SoloCommunicator(),
  localWorldSize: 1,
  signal,
  settle: () => Promise.resolve(),
});

/**
 * Runs `main` on every rank of the job: in this process when it is a rank or the only one; otherwise this process
 * becomes the launcher, and `process.exitCode` says how the ranks ended.
 * @returns what `main` returned; undefined in the launcher
 * @throws UserError when the options contradict the environment; what `main` throws.
 */
export async function runDistributed<T>(
  options: DistributedOptions,
  main: (job: Job) => Promise<T>,
): Promise<T | undefined> {
  const { nprocPerNode, nnodes, nodeRank, maxRestarts } = options;
  if (nodeRank >= nnodes) throw new UserError(`--node-rank ${nodeRank} must be below --nnodes ${nnodes}.`);
  const environment = currentRank();
  if (environment === undefined && (nprocPerNode * nnodes > 1 || maxRestarts > 0)) {
    process.exitCode = await launch(options);
    return undefined;
  }
  if (environment !== undefined && environment.startedBy !== 'the launcher' && nprocPerNode * nnodes > 1) {
    throw new UserError(
      `This process was started as rank ${environment.rank} of ${environment.worldSize} by ${environment.startedBy}: ` +
        'leave --nproc-per-node and --nnodes out.',
    );
  }
  return runRank(options, environment, main);
}

async function runRank<T>(
  options: DistributedOptions,
  environment: RankEnvironment | undefined,
  main: (job: Job) => Promise<T>,
): Promise<T> {
  const log = environment === undefined ? undefined : new RankLog(environment.rank);
  if (environment !== undefined && environment.localWorldSize > 1) {
    process.env.CUDA_VISIBLE_DEVICES ??= String(environment.localRank);
  }
  const line = lineToLauncher(environment?.rank ?? 0);
  const signal = stopSignal(line);
  let communicator: Communicator | undefined;
  try {
    const join = options.backend === 'mpi' ? joinMpi : joinRing;
    communicator =
      environment === undefined ? new SoloCommunicator() : await join({ ...options, ...environment });
    const settle = async (folder: string, restart: Restart) => {
      await line?.restartWith(restart);
      log?.openIn(folder);
    };
    const localWorldSize = environment?.localWorldSize ?? 1;
    const result = await main({ communicator, localWorldSize, signal, settle });
    await communicator.close();
    return result;
  } catch (error) {
    await communicator?.close(error as Error);
    throw error;
  } finally {
    line?.close();
  }
}

/** Aborted when the job is to end: by the launcher, which hears the signals for its ranks, or else by a signal. */
function stopSignal(line: Line | undefined): AbortSignal {
  const stop = new AbortController();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (line !== undefined) return; // a terminal's Ctrl-C comes to all; the launcher tells us
      if (stop.signal.aborted) process.exit(code); // asked twice: at once
      process.exitCode = code;
      console.log(`${signal}: ending this step and writing a checkpoint; once more ends at once.`);
      stop.abort();
    });
  }
  line?.onStop(() => {
    console.log('Ending this step and writing a checkpoint; once more ends at once.');
    stop.abort();
  });
  return stop.signal;
}
