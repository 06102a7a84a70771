/** @file Several values in a row. */
import { seedParts, Space, type BatchOf, type ValueOf } from './space.js';

type Values<S extends readonly Space[]> = { [K in keyof S]: ValueOf<S[K]> };
type Batches<S extends readonly Space[]> = { [K in keyof S]: BatchOf<S[K]> };

/** An array with a value of each space: `new Tuple([new Discrete(2), new Box({ low: -1, high: 1 })])`. */
export class Tuple<const S extends readonly Space[]> extends Space<Values<S>, Batches<S>> {
  readonly flatSize: number;

  constructor(readonly spaces: S) {
    super();
    this.flatSize = spaces.reduce((sum, space) => sum + space.flatSize, 0);
  }

  /** Seeds the parts with seeds drawn from this one. */
  override seed(seed: number): void {
    super.seed(seed);
    seedParts(this.generator, this.spaces);
  }

  sample(): Values<S> {
    return this.map((space) => space.sample()) as Values<S>;
  }

  contains(value: unknown): value is Values<S> {
    return (
      Array.isArray(value) &&
      value.length === this.spaces.length &&
      this.spaces.every((space, i) => space.contains(value[i]))
    );
  }

  equals(other: Space): boolean {
    if (!(other instanceof Tuple)) return false;
    const { spaces } = other as Tuple<readonly Space[]>;
    return spaces.length === this.spaces.length && this.spaces.every((space, i) => space.equals(spaces[i]));
  }

  flattenInto(value: Values<S>, out: Float32Array | Float64Array, offset: number): void {
    this.spaces.forEach((space, i) => {
      space.flattenInto(value[i], out, offset);
      offset += space.flatSize;
    });
  }

  override flatBoundsInto(low: Float32Array, high: Float32Array, offset: number): void {
    for (const space of this.spaces) {
      space.flatBoundsInto(low, high, offset);
      offset += space.flatSize;
    }
  }

  unflatten(values: Float32Array | Float64Array, offset = 0): Values<S> {
    return this.map((space) => {
      const value = space.unflatten(values, offset);
      offset += space.flatSize;
      return value;
    }) as Values<S>;
  }

  batchSpace(count: number): Space<Batches<S>> {
    const parts: Space = new Tuple(this.spaces.map((space) => space.batchSpace(count)));
    return parts as Space<Batches<S>>;
  }

  batch(count: number, shared = false): Batches<S> {
    return this.map((space) => space.batch(count, shared)) as Batches<S>;
  }

  put(batch: Batches<S>, index: number, value: Values<S>): void {
    this.spaces.forEach((space, i) => space.put(batch[i], index, value[i]));
  }

  paste(batch: Batches<S>, index: number, values: Batches<S>): void {
    this.spaces.forEach((space, i) => space.paste(batch[i], index, values[i]));
  }

  take(batch: Batches<S>, index: number): Values<S> {
    return this.map((space, i) => space.take(batch[i], index)) as Values<S>;
  }

  override toString(): string {
    return `Tuple(${this.spaces.map(String).join(', ')})`;
  }

  private map(make: (space: Space, i: number) => unknown): readonly unknown[] {
    return this.spaces.map(make);
  }
}
