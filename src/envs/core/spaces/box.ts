/** @file Arrays of numbers between bounds. */
import { Space } from './space.js';

const ARRAYS = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array, int32: Int32Array };

export type BoxDtype = keyof typeof ARRAYS;
export type BoxArray<D extends BoxDtype = BoxDtype> = InstanceType<(typeof ARRAYS)[D]>;

export interface BoxOptions<D extends BoxDtype> {
  /** Bounds of every element, or of each. -Infinity and Infinity are allowed for floats. */
  low: number | ArrayLike<number>;
  high: number | ArrayLike<number>;
  /** Default: as many as `low` or `high` has. */
  shape?: readonly number[];
  dtype?: D;
}

/** A flat typed array of `shape`, row by row, each element between its bounds (inclusive). */
export class Box<D extends BoxDtype = 'float32'> extends Space<BoxArray<D>> {
  readonly shape: readonly number[];
  readonly dtype: D;
  readonly low: BoxArray<D>;
  readonly high: BoxArray<D>;
  readonly flatSize: number;

  constructor({ low, high, shape, dtype = 'float32' as D }: BoxOptions<D>) {
    super();
    const length = [low, high].map((bound) => (typeof bound === 'number' ? undefined : bound.length));
    this.shape = shape ?? [length[0] ?? length[1] ?? 1];
    this.flatSize = this.shape.reduce((product, size) => product * size, 1);
    this.dtype = dtype;
    const bounds = (bound: number | ArrayLike<number>) => {
      const array = this.empty();
      if (typeof bound === 'number') array.fill(bound);
      else if (bound.length === this.flatSize) array.set(bound);
      else throw new RangeError(`Box expects ${this.flatSize} bounds, got ${bound.length}.`);
      return array;
    };
    this.low = bounds(low);
    this.high = bounds(high);
    if (this.low.some((value, i) => !(value <= this.high[i]))) {
      throw new RangeError('Box expects low <= high for every element.');
    }
  }

  /** Zeros of the space's type and size. */
  empty(): BoxArray<D> {
    return new ARRAYS[this.dtype](this.flatSize) as BoxArray<D>;
  }

  /** Uniform between two bounds, exponential from one, normal without any, as Gymnasium's. */
  sample(): BoxArray<D> {
    throw new Error('to be written');
  }

  contains(value: unknown): value is BoxArray<D> {
    // Compared by name: under jest, arrays of another realm are not instances of this one's classes.
    if (Object.prototype.toString.call(value) !== Object.prototype.toString.call(this.low)) return false;
    const array = value as BoxArray<D>;
    if (array.length !== this.flatSize) return false;
    for (let i = 0; i < array.length; i++) {
      if (!(array[i] >= this.low[i] && array[i] <= this.high[i])) return false;
    }
    return true;
  }

  flattenInto(value: BoxArray<D>, out: Float32Array | Float64Array, offset: number): void {
    out.set(value, offset);
  }

  unflatten(values: Float32Array | Float64Array, offset = 0): BoxArray<D> {
    const value = this.empty();
    value.set(values.subarray(offset, offset + this.flatSize));
    return value;
  }

  override toString(): string {
    return `Box(${this.shape.join('x')}, ${this.dtype})`;
  }
}
