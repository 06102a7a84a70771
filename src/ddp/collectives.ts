/** @file The five collectives, as calls and as data: what each moves, and what must fit before anything is sent. */
import { UserError } from '../errors.js';

export type Floats = Float32Array | Float64Array;

/** float32 numbers in memory that only native code can read; see `Communicator.readsNative`. */
export interface NativeFloats {
  readonly address: number;
  readonly length: number;
}

export type Values = Floats | NativeFloats;

export const COLLECTIVES = ['allReduce', 'allGather', 'reduceScatter', 'broadcast', 'barrier'] as const;

/** One collective as every rank calls it. `input` and `output` are the same where it works in place. */
export interface Collective {
  readonly kind: (typeof COLLECTIVES)[number];
  readonly input: Values;
  readonly output: Values;
  /** Where a broadcast comes from; 0 for the others. */
  readonly root: number;
}

const NOTHING = new Float32Array(0);

/**
 * The collectives. Every rank must call the same ones in the same order, with as many numbers of one type; results are
 * the same on all ranks, bit for bit.
 */
export abstract class Collectives<Result> {
  constructor(
    readonly rank: number,
    readonly worldSize: number,
  ) {}

  protected abstract submit(collective: Collective): Result;

  /** The sum over all ranks, in place. */
  allReduce(values: Values): Result {
    return this.submit({ kind: 'allReduce', input: values, output: values, root: 0 });
  }

  /** All ranks' `part`s, one after the other in the order of the ranks, into `all`. */
  allGather(part: Floats, all: Floats): Result {
    this.checkParts('allGather', part, all);
    return this.submit({ kind: 'allGather', input: part, output: all, root: 0 });
  }

  /** This rank's part (as of `allGather`) of the sum of `all` over all ranks, into `part`. */
  reduceScatter(all: Floats, part: Floats): Result {
    this.checkParts('reduceScatter', part, all);
    return this.submit({ kind: 'reduceScatter', input: all, output: part, root: 0 });
  }

  /** The root's values to all ranks, in place. */
  broadcast(values: Floats, root = 0): Result {
    if (!Number.isInteger(root) || root < 0 || root >= this.worldSize) {
      throw new UserError(`broadcast: expected a root from 0 to ${this.worldSize - 1}, got ${root}.`);
    }
    return this.submit({ kind: 'broadcast', input: values, output: values, root });
  }

  /** Done when every rank has called it. */
  barrier(): Result {
    return this.submit({ kind: 'barrier', input: NOTHING, output: NOTHING, root: 0 });
  }

  private checkParts(name: string, part: Floats, all: Floats): void {
    if (isDouble(part) === isDouble(all) && all.length === part.length * this.worldSize) return;
    throw new UserError(
      `${name}: expected ${this.worldSize} parts of ${describeValues(part)}, got ${describeValues(all)}.`,
    );
  }
}

/** A collective that was started; the values must be left alone until `wait` has returned. */
export interface Pending {
  /** Blocks until it is done. @throws PeerFailedError when it cannot be. */
  wait(): void;
}

// `instanceof` fails across the realms that jest makes.
export const isDouble = (values: Values): values is Float64Array =>
  Object.prototype.toString.call(values) === '[object Float64Array]';

export const isNative = (values: Values): values is NativeFloats => !ArrayBuffer.isView(values);

/** '1024 float32' */
export const describeValues = (values: Values) =>
  `${values.length} ${isDouble(values) ? 'float64' : 'float32'}`;

/** 'allReduce 7 of 1024 float32' */
export const describeCollective = ({ kind, input }: Collective, number: number) =>
  `${kind} ${number} of ${describeValues(input)}`;
