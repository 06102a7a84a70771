/** @file The ranks of one host, started by mpirun, so that MPI carries their data. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import type { Attempt } from './launcher.js';
import { ANSWER_VARIABLE, readAnswer, STOP } from './line.js';

/** What OpenMPI must be told, and MPICH does not read: ranks may share cores, none is tied to one, root may run them. */
export const MPI_ENVIRONMENT = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
  OMPI_MCA_hwloc_base_binding_policy: 'none',
};

/** The command line that runs one program a rank, in the order of the ranks. */
export const mpirunCommand = (ranks: readonly string[][]): string[] => [
  'mpirun',
  ...ranks.flatMap((command) => [':', '-n', '1', ...command]).slice(1),
];

/**
 * Runs the ranks to their end; mpirun itself ends all when one is lost, and says which.
 * @returns mpirun's exit code
 * @throws UserError when there is no mpirun.
 */
export async function runUnderMpirun({ options, token, words, plan, stop }: Attempt): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'encodergym-'));
  const answer = join(folder, 'answer.json');
  const ranks = String(options.nprocPerNode);
  const child = spawn(
    'mpirun',
    ['-n', ranks, process.execPath, ...process.execArgv, process.argv[1], ...words],
    {
      env: { ...MPI_ENVIRONMENT, ...process.env, ENCODERGYM_JOB: token, [ANSWER_VARIABLE]: answer },
      stdio: ['pipe', 'inherit', 'inherit'],
      detached: true, // a terminal's Ctrl-C is for the launcher; at mpirun it would end the ranks without a checkpoint
    },
  );
  child.stdin.on('error', () => undefined);
  stop.onStop = (again) => {
    if (again) child.kill('SIGTERM');
    else child.stdin.write(`${STOP}\n`);
  };
  if (stop.code !== 0) stop.onStop(false);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) =>
        reject(
          new UserError(
            `--backend mpi: mpirun cannot be started (${error.code}). Debian, Ubuntu: apt-get install openmpi-bin.`,
          ),
        ),
      );
      child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
    });
  } finally {
    plan.restart = readAnswer(answer) ?? plan.restart;
    rmSync(folder, { recursive: true, force: true });
  }
}
