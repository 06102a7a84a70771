/** @file Several whole numbers, each in a range of its own. */
import { UserError } from '../../../errors.js';
import { ArraySpace } from './array-space.js';
import type { Space } from './space.js';

/** `MultiDiscrete([5, 2])`: an Int32Array of a number in {0 .. 4} and one in {0, 1}. */
export class MultiDiscrete extends ArraySpace<'int32'> {
  readonly nvec: readonly number[];
  readonly start: readonly number[];
  readonly flatSize: number;

  /** @throws UserError unless all are whole numbers, the counts from 1. */
  constructor(nvec: ArrayLike<number>, start?: ArrayLike<number>) {
    super('int32', [nvec.length]);
    this.nvec = Array.from(nvec);
    this.start = start === undefined ? this.nvec.map(() => 0) : Array.from(start);
    const valid = (value: number, i: number) => Number.isInteger(value) && Number.isInteger(this.start[i]);
    if (this.start.length !== this.length || !this.nvec.every((n, i) => valid(n, i) && n >= 1)) {
      throw new UserError(
        `MultiDiscrete(nvec, start) expects as many whole numbers in both, counts from 1, found [${this.nvec.join(', ')}] and [${this.start.join(', ')}].`,
      );
    }
    this.flatSize = this.nvec.reduce((sum, n) => sum + n, 0);
  }

  sample(): Int32Array {
    const { generator, nvec, start } = this;
    const value = this.empty();
    for (let i = 0; i < value.length; i++) value[i] = start[i] + Math.floor(generator.random() * nvec[i]);
    return value;
  }

  contains(value: unknown): value is Int32Array {
    if (!this.hasType(value)) return false;
    for (let i = 0; i < value.length; i++) {
      const index = value[i] - this.start[i];
      if (index < 0 || index >= this.nvec[i]) return false;
    }
    return true;
  }

  equals(other: Space): boolean {
    return (
      other instanceof MultiDiscrete &&
      other.nvec.join() === this.nvec.join() &&
      other.start.join() === this.start.join()
    );
  }

  batchSpace(count: number): MultiDiscrete {
    const repeat = (values: readonly number[]) => Array.from({ length: count }, () => values).flat();
    return new MultiDiscrete(repeat(this.nvec), repeat(this.start));
  }

  flattenInto(value: Int32Array, out: Float32Array | Float64Array, offset: number): void {
    out.fill(0, offset, offset + this.flatSize);
    for (let i = 0; i < value.length; offset += this.nvec[i++]) out[offset + value[i] - this.start[i]] = 1;
  }

  unflatten(values: Float32Array | Float64Array, offset = 0): Int32Array {
    const value = this.empty();
    for (let i = 0; i < value.length; offset += this.nvec[i++]) {
      value[i] = this.start[i] + hotIndex(values, offset, this.nvec[i]);
    }
    return value;
  }

  override toString(): string {
    const start = this.start.some((value) => value !== 0) ? `, start=[${this.start.join(' ')}]` : '';
    return `MultiDiscrete([${this.nvec.join(' ')}]${start})`;
  }
}

/** Where the 1 of a one-hot vector is. @throws UserError where there is none. */
export function hotIndex(values: Float32Array | Float64Array, offset: number, count: number): number {
  const index = values.subarray(offset, offset + count).indexOf(1);
  if (index === -1) throw new UserError(`A one-hot vector of ${count} numbers expects a 1, found none.`);
  return index;
}
