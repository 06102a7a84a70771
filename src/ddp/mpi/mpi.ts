/**
 * @file MPI carries the data of ranks that mpirun or srun has started; the same mesh of sockets as in a ring watches over
 * them, since MPI itself says nothing of ranks that are stopped, hang or are cut off.
 */
import { UserError } from '../../errors.js';
import { SoloCommunicator, type Communicator } from '../communicator.js';
import { GroupCommunicator } from '../group-communicator.js';
import { loadAddon, nativeTransport, type NativeSessions } from '../native.js';
import { Group, type GroupOptions } from '../ring/group.js';

/** What build/mpi.node exports; see the C++ functions of the same names in native/mpi. */
interface Mpi extends NativeSessions {
  join(failed: Int32Array): number;
  rank(): number;
  worldSize(): number;
  library(): string;
  leave(session: number, finalize: boolean): void;
}

function loadMpi(): Mpi {
  try {
    return loadAddon('mpi') as Mpi;
  } catch (error) {
    throw new UserError(
      `--backend mpi: native/mpi is not built or does not load (${(error as Error).message.split('\n')[0]}). Install an ` +
        'MPI with its compiler wrapper (Debian, Ubuntu: apt-get install openmpi-bin libopenmpi-dev), then: npm run setup.',
    );
  }
}

/**
 * The communicator of this rank over MPI, once all have come.
 * @throws UserError when the ranks do not find each other, or MPI did not start them.
 */
export async function joinMpi(options: GroupOptions): Promise<Communicator> {
  if (options.worldSize === 1) return new SoloCommunicator();
  const addon = loadMpi();
  const group = await Group.join(options);
  const session = addon.join(group.control.failedWord);
  const [library] = addon.library().split(/,|\n/);
  const name = library.replace(/\s+/g, ' ');
  if (addon.rank() !== options.rank || addon.worldSize() !== options.worldSize) {
    const error = new UserError(
      `This process is rank ${options.rank} of ${options.worldSize}, but for ${name}, which native/mpi was built with, rank ` +
        `${addon.rank()} of ${addon.worldSize()}: start it with the mpirun of that library, or leave --backend mpi out.`,
    );
    await group.close(error);
    throw error;
  }
  const transport = nativeTransport(addon, session, {
    backend: 'mpi',
    name,
    // After a failure MPI would wait for ever for those who are lost: this process then ends without taking leave of it.
    close: (inPeace) => addon.leave(session, inPeace),
  });
  return new GroupCommunicator(group, transport);
}
