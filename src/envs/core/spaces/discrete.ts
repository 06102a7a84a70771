/** @file Whole numbers in a range. */
import { Space } from './space.js';

/** The `n` whole numbers from `start`: `Discrete(2)` is {0, 1}. */
export class Discrete extends Space<number> {
  readonly flatSize: number;

  constructor(
    readonly n: number,
    readonly start = 0,
  ) {
    super();
    if (!Number.isInteger(n) || n < 1 || !Number.isInteger(start)) {
      throw new RangeError(`Discrete(n, start) needs whole numbers with n from 1, got ${n} and ${start}.`);
    }
    this.flatSize = n;
  }

  sample(): number {
    return this.start + this.generator.integers(0, this.n);
  }

  contains(value: unknown): value is number {
    return (
      Number.isInteger(value) && this.start <= (value as number) && (value as number) < this.start + this.n
    );
  }

  flattenInto(value: number, out: Float32Array | Float64Array, offset: number): void {
    out.fill(0, offset, offset + this.n);
    out[offset + value - this.start] = 1;
  }

  unflatten(values: Float32Array | Float64Array, offset = 0): number {
    return this.start + values.subarray(offset, offset + this.n).indexOf(1);
  }

  override toString(): string {
    return this.start === 0 ? `Discrete(${this.n})` : `Discrete(${this.n}, start=${this.start})`;
  }
}
