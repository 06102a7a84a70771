/** @file What all spaces have in common: the set of values that an observation or an action may take. */
import { randomBytes } from 'node:crypto';
import { Generator } from '../../../random/index.js';

/** A set of values with a generator to sample from; without `seed` it starts from the system's entropy. */
export abstract class Space<T = unknown> {
  private rng: Generator | undefined;

  /** Length of the vector that `flatten` writes. */
  abstract readonly flatSize: number;
  /** A value drawn at random, a new one at each call. */
  abstract sample(): T;
  /** Whether the value is in the space: type, shape and bounds. */
  abstract contains(value: unknown): value is T;
  /** Writes the value as numbers (categories one-hot) from `offset`. */
  abstract flattenInto(value: T, out: Float32Array | Float64Array, offset: number): void;
  /** The value that `flattenInto` wrote. */
  abstract unflatten(values: Float32Array | Float64Array, offset?: number): T;
  /** As people read it: `Box(4)`, `Discrete(2)`. */
  abstract toString(): string;

  /** Starts the generator of `sample` anew. */
  seed(seed: number): void {
    this.rng = new Generator(seed);
  }

  /** The value as one vector, [flatSize]. */
  flatten(value: T): Float32Array {
    const out = new Float32Array(this.flatSize);
    this.flattenInto(value, out, 0);
    return out;
  }

  protected get generator(): Generator {
    this.rng ??= new Generator(randomBytes(6).readUIntLE(0, 6));
    return this.rng;
  }
}
