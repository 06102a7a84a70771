/** @file Arrays of numbers between bounds. */
import { UserError } from '../../../errors.js';
import { ArraySpace, formatShape, type Dtype, type TypedArray } from './array-space.js';
import type { Space } from './space.js';

export type BoxDtype = Dtype;
export type BoxArray<D extends BoxDtype = BoxDtype> = TypedArray<D>;

export interface BoxOptions<D extends BoxDtype> {
  /** Bounds of every element, or of each. -Infinity and Infinity are allowed for floats. */
  low: number | ArrayLike<number>;
  high: number | ArrayLike<number>;
  /** Default: as many as `low` or `high` has. */
  shape?: readonly number[];
  dtype?: D;
}

/**
 * A flat typed array of `shape`, row by row, each element between its bounds (inclusive).
 *
 * @example new Box({ low: -1, high: 1, shape: [3] }).contains(Float32Array.of(0, 1, -1)); // true
 */
export class Box<D extends BoxDtype = 'float32'> extends ArraySpace<D> {
  readonly low: BoxArray<D>;
  readonly high: BoxArray<D>;
  readonly flatSize: number;
  /** Elements without bounds, with a lower, with an upper one, with both: numpy draws in this order. */
  private readonly groups: readonly [Int32Array, Int32Array, Int32Array, Int32Array];
  private readonly isFloat: boolean;

  /** @throws UserError for bounds that do not fit the shape, the type or each other. */
  constructor({ low, high, shape, dtype = 'float32' as D }: BoxOptions<D>) {
    super(dtype, shape ?? [countOf(low) ?? countOf(high) ?? 1]);
    this.flatSize = this.length;
    this.isFloat = dtype === 'float32' || dtype === 'float64';
    this.low = this.bounds(low);
    this.high = this.bounds(high);
    const wrong = this.low.findIndex((value, i) => !(value <= this.high[i]));
    if (wrong !== -1) {
      throw new UserError(
        `Box expects low <= high, found ${this.low[wrong]} and ${this.high[wrong]} at element ${wrong}.`,
      );
    }
    const group = (below: boolean, above: boolean) => {
      const all = Int32Array.from({ length: this.length }, (_, i) => i);
      return all.filter((i) => this.low[i] > -Infinity === below && this.high[i] < Infinity === above);
    };
    this.groups = [group(false, false), group(true, false), group(false, true), group(true, true)];
  }

  /** Uniform between two bounds, exponential from one, normal without any, as Gymnasium's. */
  sample(): BoxArray<D> {
    const { low, high, generator } = this;
    const value = this.empty();
    const [free, below, above, bounded] = this.groups;
    for (const i of free) value[i] = generator.normal();
    for (const i of below) value[i] = low[i] - Math.log1p(-generator.random());
    for (const i of above) value[i] = high[i] + Math.log1p(-generator.random());
    if (this.isFloat) for (const i of bounded) value[i] = generator.uniform(low[i], high[i]);
    else
      for (const i of bounded)
        value[i] = Math.min(high[i], Math.floor(generator.uniform(low[i], high[i] + 1)));
    return value;
  }

  contains(value: unknown): value is BoxArray<D> {
    if (!this.hasType(value)) return false;
    const { low, high } = this;
    for (let i = 0; i < value.length; i++) {
      if (!(value[i] >= low[i] && value[i] <= high[i])) return false;
    }
    return true;
  }

  equals(other: Space): boolean {
    if (!(other instanceof Box)) return false;
    const { dtype, shape, low, high } = other as Box<D>;
    return (
      dtype === this.dtype &&
      shape.join() === this.shape.join() &&
      this.low.every((value, i) => value === low[i]) &&
      this.high.every((value, i) => value === high[i])
    );
  }

  batchSpace(count: number): Box<D> {
    const bounds = (bound: BoxArray<D>) => {
      const all = this.batch(count);
      for (let i = 0; i < count; i++) all.set(bound, i * this.length);
      return all;
    };
    const { low, high, shape, dtype } = this;
    return new Box({ low: bounds(low), high: bounds(high), shape: [count, ...shape], dtype });
  }

  flattenInto(value: BoxArray<D>, out: Float32Array | Float64Array, offset: number): void {
    out.set(value, offset);
  }

  override flatBoundsInto(low: Float32Array, high: Float32Array, offset: number): void {
    low.set(this.low, offset);
    high.set(this.high, offset);
  }

  unflatten(values: Float32Array | Float64Array, offset = 0): BoxArray<D> {
    const value = this.empty();
    value.set(values.subarray(offset, offset + this.length));
    return value;
  }

  override toString(): string {
    return `Box(${formatBounds(this.low)}, ${formatBounds(this.high)}, ${formatShape(this.shape)}, ${this.dtype})`;
  }

  private bounds(bound: number | ArrayLike<number>): BoxArray<D> {
    const array = this.empty();
    const given = typeof bound === 'number' ? Array.from(array, () => bound) : Array.from(bound);
    if (given.length !== this.length) {
      throw new UserError(
        `Box of shape ${formatShape(this.shape)} expects ${this.length} bounds, found ${given.length}.`,
      );
    }
    array.set(given);
    const lost = this.isFloat ? -1 : given.findIndex((value, i) => value !== array[i]);
    if (lost !== -1) {
      throw new UserError(
        `Box expects bounds of type ${this.dtype}, found ${given[lost]} at element ${lost}.`,
      );
    }
    return array;
  }
}

/** Whether it is a box, of whatever type of numbers. */
export const isBox = (space: Space): space is Box<BoxDtype> => space instanceof Box;

const countOf = (bound: number | ArrayLike<number>) => (typeof bound === 'number' ? undefined : bound.length);

/** One number where all are equal, the first few otherwise. */
function formatBounds(bounds: BoxArray): string {
  const short = (value: number) => String(Number(value.toPrecision(6))).replace('Infinity', 'inf');
  const shown = Array.from(bounds.subarray(0, 8), short);
  if (bounds.every((value) => value === bounds[0])) return shown[0];
  return `[${shown.join(' ')}${bounds.length > shown.length ? ' ...' : ''}]`;
}
