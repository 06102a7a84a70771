/** @file What all spaces have in common: the set of values that an observation or an action may take. */
import { randomBytes } from 'node:crypto';
import { UserError } from '../../../errors.js';
import { Generator } from '../../../random/index.js';

/** The values of a space, as in `ValueOf<Discrete>`. */
export type ValueOf<S> = S extends Space<infer T> ? T : never;
/** Many values of a space side by side, as vector environments hold them. */
export type BatchOf<S> = S extends Space<unknown, infer B> ? B : never;

/** A generator that starts from the system's entropy. */
export const unseededGenerator = (): Generator => new Generator(randomBytes(6).readUIntLE(0, 6));

/** numpy's `default_rng(seed)`. @throws UserError unless the seed is a whole number from 0. */
export function seededGenerator(seed: number): Generator {
  if (Number.isSafeInteger(seed) && seed >= 0) return new Generator(seed);
  throw new UserError(`seed: expected a whole number from 0 and below 2^53, found ${seed}.`);
}

/**
 * A set of values with a generator to sample from; without `seed` it starts from the system's entropy. `Batch` is the
 * type of many values side by side: one flat typed array for numbers, arrays and records of those for tuples and dicts.
 */
export abstract class Space<T = unknown, Batch = unknown> {
  private rng: Generator | undefined;

  /** Length of the vector that `flatten` writes. */
  abstract readonly flatSize: number;
  /** A value drawn at random, a new one at each call, from numpy's draws in Gymnasium's order. */
  abstract sample(): T;
  /** Whether the value is in the space: type, shape and bounds. */
  abstract contains(value: unknown): value is T;
  /** Whether the other space has the same values in the same form. */
  abstract equals(other: Space): boolean;
  /** Writes the value as numbers (categories one-hot) from `offset`. */
  abstract flattenInto(value: T, out: Float32Array | Float64Array, offset: number): void;
  /** Writes the bounds of the numbers that `flattenInto` writes: 0 and 1 for categories. */
  flatBoundsInto(low: Float32Array, high: Float32Array, offset: number): void {
    low.fill(0, offset, offset + this.flatSize);
    high.fill(1, offset, offset + this.flatSize);
  }

  /** The value that `flattenInto` wrote. */
  abstract unflatten(values: Float32Array | Float64Array, offset?: number): T;
  /** As people read it, Gymnasium's form: `Box(-1, 1, (3,), float32)`, `Discrete(2)`. */
  abstract toString(): string;

  /** The space of `count` values side by side, as `batch` holds them. */
  abstract batchSpace(count: number): Space<Batch>;
  /** Room for `count` values, `[count, ...]`; on shared memory for threads. */
  abstract batch(count: number, shared?: boolean): Batch;
  /** Writes a value to its place in a batch. */
  abstract put(batch: Batch, index: number, value: T): void;
  /** Writes all values of another batch from `index` on. */
  abstract paste(batch: Batch, index: number, values: Batch): void;
  /** A copy of a value in a batch. */
  abstract take(batch: Batch, index: number): T;

  /** Starts the generator of `sample` anew. */
  seed(seed: number): void {
    this.rng = seededGenerator(seed);
  }

  /** The value as one vector, [flatSize]. */
  flatten(value: T): Float32Array {
    const out = new Float32Array(this.flatSize);
    this.flattenInto(value, out, 0);
    return out;
  }

  protected get generator(): Generator {
    return (this.rng ??= unseededGenerator());
  }
}

/** Seeds for the parts of a composite space, drawn as Gymnasium draws them. */
export function seedParts(rng: Generator, parts: readonly Space[]): void {
  const seeds = parts.map(() => rng.integers(0, 2 ** 31 - 1));
  parts.forEach((part, i) => part.seed(seeds[i]));
}
