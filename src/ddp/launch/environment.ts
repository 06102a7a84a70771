/**
 * @file Which rank this process is, by the variables of whoever started it: our launcher and torchrun (RANK, WORLD_SIZE,
 * ...), OpenMPI's or MPICH's mpirun, or SLURM's srun.
 */
import { UserError } from '../../errors.js';

export interface RankEnvironment {
  readonly rank: number;
  readonly worldSize: number;
  readonly localRank: number;
  /** Ranks on this host. */
  readonly localWorldSize: number;
  /** Who started it, for messages. */
  readonly startedBy: string;
  /** Known to all ranks of the job and to nobody else. */
  readonly token: string;
  /** Where rank 0 listens; undefined when all are on one host. */
  readonly rendezvous?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The names under which a starter tells rank, ranks, rank on the host, and ranks on the host. */
const STARTERS = [
  { by: 'torchrun', names: ['RANK', 'WORLD_SIZE', 'LOCAL_RANK', 'LOCAL_WORLD_SIZE'] },
  {
    by: 'mpirun',
    names: [
      'OMPI_COMM_WORLD_RANK',
      'OMPI_COMM_WORLD_SIZE',
      'OMPI_COMM_WORLD_LOCAL_RANK',
      'OMPI_COMM_WORLD_LOCAL_SIZE',
    ],
  },
  // MPICH and what comes from it; srun sets the first two as well.
  { by: 'mpiexec', names: ['PMI_RANK', 'PMI_SIZE', 'MPI_LOCALRANKID', 'MPI_LOCALNRANKS'] },
  { by: 'srun', names: ['SLURM_PROCID', 'SLURM_NTASKS', 'SLURM_LOCALID', 'SLURM_NTASKS_PER_NODE'] },
];

const DEFAULT_PORT = 29500;
/** SLURM's steps that are no srun: a batch script, an interactive shell. */
const FIRST_SPECIAL_STEP = 4294967000;

/**
 * The rank that this process was started as; undefined when it was started by hand.
 * @throws UserError when variables are missing, are no numbers, or contradict each other.
 */
export function currentRank(variables: Variables = process.env): RankEnvironment | undefined {
  const found = STARTERS.filter(({ by, names }) => {
    if (by === 'mpiexec') return variables.MPI_LOCALNRANKS !== undefined;
    if (by !== 'srun') return variables[names[0]] !== undefined;
    // Set in batch scripts, too, which are no ranks.
    return Number(variables.SLURM_STEP_ID ?? FIRST_SPECIAL_STEP) < FIRST_SPECIAL_STEP;
  }).map((starter) => ({ ...starter, ...readNumbers(variables, starter) }));
  // mpirun inside of SLURM starts its daemons by srun, whose variables the ranks inherit.
  const byMpi = found.some(({ by }) => by.startsWith('mpi'));
  const told = byMpi ? found.filter(({ by }) => by !== 'srun') : found;
  const [first, ...others] = told;
  if ((first as typeof first | undefined) === undefined) return undefined;
  for (const other of others) {
    if (other.rank === first.rank && other.worldSize === first.worldSize) continue;
    throw new UserError(
      `${first.names[0]}=${first.rank} of ${first.names[1]}=${first.worldSize} contradicts ` +
        `${other.names[0]}=${other.rank} of ${other.names[1]}=${other.worldSize}: unset those that are left over from another job.`,
    );
  }
  const { by, rank, worldSize, localRank, localWorldSize } = first;
  const oneHost = localWorldSize === worldSize;
  const address = variables.MASTER_ADDR ?? (by === 'srun' ? firstHost(variables.SLURM_NODELIST) : undefined);
  if (!oneHost && address === undefined) {
    throw new UserError(
      `Rank ${rank} of ${worldSize} was started by ${by} on one of several hosts: set MASTER_ADDR to the host of rank 0.`,
    );
  }
  // torchrun's own agent listens on MASTER_PORT itself.
  const port =
    Number(variables.MASTER_PORT ?? DEFAULT_PORT) +
    (variables.TORCHELASTIC_USE_AGENT_STORE === 'True' ? 1 : 0);
  return {
    rank,
    worldSize,
    localRank,
    localWorldSize,
    startedBy: variables.ENCODERGYM_JOB === undefined ? by : 'the launcher',
    token: variables.ENCODERGYM_JOB ?? jobName(variables, oneHost) ?? `${address}:${port}`,
    rendezvous: oneHost ? undefined : `tcp:${address}:${port}`,
  };
}

function readNumbers(variables: Variables, { by, names }: (typeof STARTERS)[number]) {
  const read = (name: string, fallback?: number) => {
    const text = variables[name];
    const value = text === undefined ? fallback : Number.parseInt(text);
    if (value !== undefined && Number.isInteger(value) && value >= 0) return value;
    throw new UserError(`${name}: expected a whole number, as ${by} sets it, found "${text ?? 'nothing'}".`);
  };
  const [rank, worldSize] = [read(names[0]), read(names[1])];
  if (rank >= worldSize) {
    throw new UserError(`${names[0]}=${rank} must be below ${names[1]}=${worldSize}.`);
  }
  const isLocal = ['localhost', '127.0.0.1', '::1'].includes(variables.MASTER_ADDR ?? '');
  const hosts =
    by === 'srun' ? Number(variables.SLURM_NNODES ?? 1) : by === 'torchrun' && !isLocal ? worldSize : 1;
  const localWorldSize = read(names[3], Math.ceil(worldSize / hosts));
  return { rank, worldSize, localRank: read(names[2], isLocal ? rank : 0), localWorldSize };
}

/** What the starter calls the job. */
function jobName(variables: Variables, oneHost: boolean): string | undefined {
  const { SLURM_JOB_ID, SLURM_STEP_ID, PMIX_NAMESPACE, TORCHELASTIC_RUN_ID, HYDI_CONTROL_FD } = variables;
  if (PMIX_NAMESPACE !== undefined) return PMIX_NAMESPACE;
  // MPICH has no name for a job; on one host its ranks have the same parent.
  if (oneHost && HYDI_CONTROL_FD !== undefined) return `mpiexec ${process.ppid}`;
  if (TORCHELASTIC_RUN_ID !== undefined) return `${TORCHELASTIC_RUN_ID} ${variables.MASTER_PORT}`;
  return SLURM_STEP_ID === undefined ? undefined : `${SLURM_JOB_ID}.${SLURM_STEP_ID}`;
}

/** 'node[07-12,15]' and 'node07,node08' begin with node07. */
function firstHost(list: string | undefined): string | undefined {
  const [, prefix, number] = /^([^,[]+)(?:\[(\d+))?/.exec(list ?? '') ?? [];
  return prefix === undefined ? undefined : prefix + ((number as string | undefined) ?? '');
}
