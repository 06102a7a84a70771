/** @file Several values by name. */
import { seedParts, Space, type BatchOf, type ValueOf } from './space.js';

type Values<S extends Record<string, Space>> = { [K in keyof S]: ValueOf<S[K]> };
type Batches<S extends Record<string, Space>> = { [K in keyof S]: BatchOf<S[K]> };

/** A record with a value of each space, names in alphabetical order: `new Dict({ position: new Discrete(5) })`. */
export class Dict<S extends Record<string, Space>> extends Space<Values<S>, Batches<S>> {
  readonly flatSize: number;
  readonly spaces: Readonly<S>;
  private readonly names: readonly (keyof S & string)[];

  constructor(spaces: S) {
    super();
    this.names = Object.keys(spaces).sort();
    const sorted: Record<string, Space> = {};
    for (const name of this.names) sorted[name] = spaces[name];
    this.spaces = sorted as S;
    this.flatSize = this.names.reduce((sum, name) => sum + spaces[name].flatSize, 0);
  }

  /** Seeds the parts with seeds drawn from this one. */
  override seed(seed: number): void {
    super.seed(seed);
    seedParts(this.generator, Object.values(this.spaces));
  }

  sample(): Values<S> {
    return this.map((space) => space.sample()) as Values<S>;
  }

  contains(value: unknown): value is Values<S> {
    if (typeof value !== 'object' || value === null) return false;
    const record = value as Record<string, unknown>;
    return (
      Object.keys(record).length === this.names.length &&
      this.names.every((name) => this.spaces[name].contains(record[name]))
    );
  }

  equals(other: Space): boolean {
    if (!(other instanceof Dict)) return false;
    const spaces = other.spaces as Record<string, Space>;
    return (
      Object.keys(spaces).join('\0') === this.names.join('\0') &&
      this.names.every((name) => this.spaces[name].equals(spaces[name]))
    );
  }

  flattenInto(value: Values<S>, out: Float32Array | Float64Array, offset: number): void {
    for (const name of this.names) {
      this.spaces[name].flattenInto(value[name], out, offset);
      offset += this.spaces[name].flatSize;
    }
  }

  override flatBoundsInto(low: Float32Array, high: Float32Array, offset: number): void {
    for (const name of this.names) {
      this.spaces[name].flatBoundsInto(low, high, offset);
      offset += this.spaces[name].flatSize;
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
    const parts: Space = new Dict(this.map((space) => space.batchSpace(count)) as Record<string, Space>);
    return parts as Space<Batches<S>>;
  }

  batch(count: number, shared = false): Batches<S> {
    return this.map((space) => space.batch(count, shared)) as Batches<S>;
  }

  put(batch: Batches<S>, index: number, value: Values<S>): void {
    for (const name of this.names) this.spaces[name].put(batch[name], index, value[name]);
  }

  paste(batch: Batches<S>, index: number, values: Batches<S>): void {
    for (const name of this.names) this.spaces[name].paste(batch[name], index, values[name]);
  }

  take(batch: Batches<S>, index: number): Values<S> {
    return this.map((space, name) => space.take(batch[name], index)) as Values<S>;
  }

  override toString(): string {
    return `Dict(${this.names.map((name) => `${name}: ${String(this.spaces[name])}`).join(', ')})`;
  }

  private map(make: (space: Space, name: keyof S & string) => unknown): Record<string, unknown> {
    return Object.fromEntries(this.names.map((name) => [name, make(this.spaces[name], name)]));
  }
}
