/** @file Whole numbers in a range. */
import { UserError } from '../../../errors.js';
import { typedArray } from './array-space.js';
import { hotIndex, MultiDiscrete } from './multi-discrete.js';
import { Space } from './space.js';

/** The `n` whole numbers from `start`: `Discrete(2)` is {0, 1}. */
export class Discrete extends Space<number, Int32Array> {
  readonly flatSize: number;

  /** @throws UserError unless both are whole numbers and n >= 1. */
  constructor(
    readonly n: number,
    readonly start = 0,
  ) {
    super();
    if (!Number.isInteger(n) || n < 1 || !Number.isInteger(start)) {
      throw new UserError(`Discrete(n, start) expects whole numbers with n from 1, found ${n} and ${start}.`);
    }
    this.flatSize = n;
  }

  sample(): number {
    return this.start + this.generator.integers(0, this.n);
  }

  contains(value: unknown): value is number {
    const index = (value as number) - this.start;
    return typeof value === 'number' && index >= 0 && index < this.n && Math.floor(index) === index;
  }

  equals(other: Space): boolean {
    return other instanceof Discrete && other.n === this.n && other.start === this.start;
  }

  flattenInto(value: number, out: Float32Array | Float64Array, offset: number): void {
    out.fill(0, offset, offset + this.n);
    out[offset + value - this.start] = 1;
  }

  unflatten(values: Float32Array | Float64Array, offset = 0): number {
    return this.start + hotIndex(values, offset, this.n);
  }

  batchSpace(count: number): MultiDiscrete {
    return new MultiDiscrete(Array<number>(count).fill(this.n), Array<number>(count).fill(this.start));
  }

  batch(count: number, shared = false): Int32Array {
    return typedArray('int32', count, shared);
  }

  put(batch: Int32Array, index: number, value: number): void {
    batch[index] = value;
  }

  paste(batch: Int32Array, index: number, values: Int32Array): void {
    batch.set(values, index);
  }

  take(batch: Int32Array, index: number): number {
    return batch[index];
  }

  override toString(): string {
    return this.start === 0 ? `Discrete(${this.n})` : `Discrete(${this.n}, start=${this.start})`;
  }
}
