/** @file What data-parallel code talks to: the collectives among the ranks of a job. */
import { Collectives, type Collective, type Floats, type Pending } from './collectives.js';

/** What connects many ranks. */
export const BACKENDS = ['ring', 'mpi'] as const;
export type Backend = (typeof BACKENDS)[number];

/**
 * One rank's end of the job. The methods block; those of `background` start and let the caller go on. The two are
 * separate streams that do not wait for each other: each must be in the same order on all ranks.
 *
 * @example const pending = communicator.background.allReduce(gradients); compute(); pending.wait();
 */
export abstract class Communicator extends Collectives<void> {
  abstract readonly backend: 'solo' | Backend;
  /** What carries the data, in words. */
  abstract readonly transport: string;
  /** Whether `allReduce` takes `NativeFloats`, which spares copies of gradients. */
  abstract readonly readsNative: boolean;
  abstract readonly background: Collectives<Pending>;

  /** Takes leave of the other ranks; with the error that ended this one, if one did. */
  abstract close(error?: Error): Promise<void>;

  /** Memory that collectives work on without a copy; filled with zeros. */
  abstract allocate(length: number): Float32Array;
}

/** The only rank of a job of one: every collective is done at once. */
export class SoloCommunicator extends Communicator {
  override readonly backend = 'solo';
  override readonly transport = 'one process';
  override readonly readsNative = true;
  override readonly background = new SoloBackground(0, 1);

  constructor() {
    super(0, 1);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  override allocate(length: number): Float32Array {
    return new Float32Array(length);
  }

  protected override submit(collective: Collective): void {
    copyWithin(collective);
  }
}

class SoloBackground extends Collectives<Pending> {
  protected override submit(collective: Collective): Pending {
    copyWithin(collective);
    return { wait: () => undefined };
  }
}

/**
 * A rank's share of `count` things in order: those from `begin` to before `end`. All shares but the last ranks' have
 * `size` of them.
 */
export function shareOf({ rank, worldSize }: Pick<Communicator, 'rank' | 'worldSize'>, count: number) {
  const size = Math.ceil(count / worldSize);
  const begin = Math.min(count, rank * size);
  return { begin, end: Math.min(count, begin + size), size };
}

/** What a collective of one rank does: the input is the output. */
function copyWithin({ input, output }: Collective): void {
  if (input !== output) (output as Floats).set(input as Floats);
}
