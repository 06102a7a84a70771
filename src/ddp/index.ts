/** @file Data parallelism: collectives among processes, the launcher, and what training needs of them. */
export { BACKENDS, Communicator, shareOf, SoloCommunicator, type Backend } from './communicator.js';
export { type Floats, type NativeFloats, type Pending } from './collectives.js';
export { joinMpi } from './mpi/mpi.js';
export { joinRing, type RingOptions } from './ring/ring.js';
export { GradientReducer } from './gradients.js';
export {
  allSumOf,
  broadcastValue,
  broadcastVariables,
  gatherRows,
  meanOverRanks,
  sumOverRanks,
} from './tensors.js';
export { currentRank, type RankEnvironment } from './launch/environment.js';
export { MPI_ENVIRONMENT, mpirunCommand } from './launch/mpirun.js';
export type { Restart } from './launch/line.js';
export { runDistributed, soloJob, type DistributedOptions, type Job } from './launch/job.js';
