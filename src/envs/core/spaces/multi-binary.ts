/** @file Bits. */
import { UserError } from '../../../errors.js';
import { ArraySpace, formatShape } from './array-space.js';
import type { Space } from './space.js';

/** A Uint8Array of zeros and ones: `MultiBinary(5)`, or `MultiBinary([3, 2])` row by row. */
export class MultiBinary extends ArraySpace<'uint8'> {
  readonly flatSize: number;

  /** @throws UserError for sizes that are not whole numbers from 1. */
  constructor(shape: number | readonly number[]) {
    super('uint8', typeof shape === 'number' ? [shape] : shape);
    if (!this.shape.every((size) => Number.isInteger(size) && size >= 1)) {
      throw new UserError(`MultiBinary expects whole numbers from 1, found ${formatShape(this.shape)}.`);
    }
    this.flatSize = this.length;
  }

  sample(): Uint8Array {
    const value = this.empty();
    // numpy's bounded int8: the highest bit of each byte of a 32-bit draw.
    for (let i = 0, word = 0; i < value.length; i++, word >>>= 8) {
      if (i % 4 === 0) word = this.generator.integers(0, 2 ** 32);
      value[i] = (word >>> 7) & 1;
    }
    return value;
  }

  contains(value: unknown): value is Uint8Array {
    return this.hasType(value) && value.every((bit) => bit <= 1);
  }

  equals(other: Space): boolean {
    return other instanceof MultiBinary && other.shape.join() === this.shape.join();
  }

  batchSpace(count: number): MultiBinary {
    return new MultiBinary([count, ...this.shape]);
  }

  flattenInto(value: Uint8Array, out: Float32Array | Float64Array, offset: number): void {
    out.set(value, offset);
  }

  unflatten(values: Float32Array | Float64Array, offset = 0): Uint8Array {
    return Uint8Array.from(values.subarray(offset, offset + this.length));
  }

  override toString(): string {
    return `MultiBinary(${this.shape.length === 1 ? this.length : formatShape(this.shape)})`;
  }
}
