/** @file What ranks do in tests of collectives: one function a scenario, run by ranks.ts in processes of their own. */
import { createHash } from 'node:crypto';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { PeerFailedError } from '../../src/errors.js';
import { joinMpi, joinRing, type Communicator, type Floats } from '../../src/ddp/index.js';
import { Generator } from '../../src/random/index.js';
import type { RankSetup } from './ranks.js';

type Scenario = (communicator: Communicator, setup: RankSetup) => unknown;

/** Every rank's numbers, which any rank can compute. */
function numbersOfRanks(worldSize: number, length: number, double: boolean): Floats[] {
  const make = () => (double ? new Float64Array(length) : new Float32Array(length));
  return Array.from({ length: worldSize }, (_, rank) => new Generator([7, rank]).fillUniform(make(), -1, 1));
}

const SCENARIOS: Record<string, Scenario> = {
  /** Each collective on values of several lengths: errors against its definition, and a digest of the sums. */
  collectives(communicator, { lengths, double, background }) {
    const { rank, worldSize } = communicator;
    const calls = background === true ? communicator.background : communicator;
    const digest = createHash('sha256');
    const errors: Record<string, number> = {};
    for (const length of lengths as number[]) {
      const parts = numbersOfRanks(worldSize, length, double === true);
      const wholes = numbersOfRanks(worldSize, length * worldSize, double === true);
      const [sum, sent, part] = [parts[rank].slice(), parts[rank].slice(), parts[rank].slice()];
      const gathered = wholes[rank].slice();
      const pending = [
        calls.allReduce(sum),
        calls.allGather(parts[rank], gathered),
        calls.barrier(),
        calls.reduceScatter(wholes[rank], part),
        calls.broadcast(sent, worldSize - 1),
      ];
      for (const one of pending) one?.wait();
      digest.update(new Uint8Array(sum.buffer));
      const sumOf = (inputs: Floats[], at: number) => inputs.reduce((total, input) => total + input[at], 0);
      const found: [string, Floats, (at: number) => number][] = [
        ['allReduce', sum, (at) => sumOf(parts, at)],
        ['allGather', gathered, (at) => parts[Math.floor(at / length)][at % length]],
        ['reduceScatter', part, (at) => sumOf(wholes, rank * length + at)],
        ['broadcast', sent, (at) => parts[worldSize - 1][at]],
      ];
      for (const [name, values, expected] of found) {
        errors[name] ??= 0;
        values.forEach(
          (value, at) => (errors[name] = Math.max(errors[name], Math.abs(value - expected(at)))),
        );
      }
    }
    return { transport: communicator.transport, digest: digest.digest('hex'), errors };
  },

  /** All-reduces without end, until something goes wrong; says when it has begun. */
  async endless(communicator) {
    const small = new Float32Array(10);
    const large = communicator.allocate(1 << 20);
    for (let step = 0; ; step++) {
      const pending = communicator.background.allReduce(large);
      communicator.allReduce(small);
      pending.wait();
      if (step === 20) console.log('running');
      if (step % 100 === 0) await setImmediate(); // the main thread sees its event loop now and then, as in training
    }
  },

  /** The main thread of one rank is busy for ever while a sum is under way; it never comes to the next collective. */
  hang(communicator, { victim = communicator.worldSize - 1 }) {
    communicator.barrier();
    const pending = communicator.background.allReduce(communicator.allocate(1 << 20));
    while (communicator.rank === victim);
    communicator.barrier();
    pending.wait();
  },

  /** The last rank ends with an error of its own. */
  error(communicator) {
    communicator.barrier();
    if (communicator.rank === communicator.worldSize - 1) throw new Error('out of luck');
    communicator.barrier();
  },

  /** The last rank leaves in peace, but early. */
  leave(communicator) {
    communicator.barrier();
    if (communicator.rank !== communicator.worldSize - 1) communicator.barrier();
  },

  /** The last rank calls another collective than the others. */
  mismatch(communicator) {
    const last = communicator.rank === communicator.worldSize - 1;
    communicator.allReduce(new Float32Array(last ? 100 : 200));
  },

  /** A collective after a while in which this rank may be disturbed. */
  async patient(communicator) {
    console.log('running');
    await sleep(1500);
    communicator.barrier();
    return 'done';
  },
};

const setup = JSON.parse(process.argv[2]) as RankSetup;
let communicator: Communicator | undefined;
try {
  const join = setup.backend === 'mpi' ? joinMpi : joinRing;
  communicator = await join({ rendezvousLimit: 20, heartbeatLimit: 20, collectiveLimit: 20, ...setup });
  const value = await SCENARIOS[setup.scenario](communicator, setup);
  await communicator.close();
  console.log(JSON.stringify(value));
} catch (error) {
  await communicator?.close(error as Error);
  console.error((error as Error).message);
  process.exitCode = error instanceof PeerFailedError ? error.exitCode : 1;
}
