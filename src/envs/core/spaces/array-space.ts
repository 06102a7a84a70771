/** @file What spaces of flat typed arrays have in common. */
import { Space } from './space.js';

const ARRAYS = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array, int32: Int32Array };

interface ArrayTypes {
  float32: Float32Array;
  float64: Float64Array;
  uint8: Uint8Array;
  int32: Int32Array;
}

export type Dtype = keyof ArrayTypes;
export type TypedArray<D extends Dtype = Dtype> = ArrayTypes[D];

/** `count` zeros, on shared memory if asked for. */
export function typedArray<D extends Dtype>(dtype: D, count: number, shared = false): TypedArray<D> {
  const bytes = count * ARRAYS[dtype].BYTES_PER_ELEMENT;
  const type: new (buffer: ArrayBufferLike) => ArrayTypes[Dtype] = ARRAYS[dtype];
  return new type(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)) as TypedArray<D>;
}

/** Flat typed arrays of one shape, row by row. A batch is one array, value after value. */
export abstract class ArraySpace<D extends Dtype = Dtype> extends Space<TypedArray<D>, TypedArray<D>> {
  /** Elements of a value. */
  readonly length: number;
  private readonly tag: string;

  constructor(
    readonly dtype: D,
    readonly shape: readonly number[],
  ) {
    super();
    this.length = shape.reduce((product, size) => product * size, 1);
    this.tag = ARRAYS[dtype].name;
  }

  /** Zeros of the space's type and size. */
  empty(): TypedArray<D> {
    return new ARRAYS[this.dtype](this.length) as TypedArray<D>;
  }

  /** Whether it is an array of the space's type and length, whatever its elements. */
  hasType(value: unknown): value is TypedArray<D> {
    // By name: under jest, arrays made by Node itself are not instances of the tests' classes.
    const array = value as Partial<TypedArray> | null | undefined;
    return array?.[Symbol.toStringTag] === this.tag && array.length === this.length;
  }

  batch(count: number, shared = false): TypedArray<D> {
    return typedArray(this.dtype, count * this.length, shared);
  }

  put(batch: TypedArray<D>, index: number, value: TypedArray<D>): void {
    const offset = index * this.length;
    // A loop beats `set` for the few numbers of most observations.
    if (this.length > 32) batch.set(value, offset);
    else for (let i = 0; i < this.length; i++) batch[offset + i] = value[i];
  }

  paste(batch: TypedArray<D>, index: number, values: TypedArray<D>): void {
    batch.set(values, index * this.length);
  }

  take(batch: TypedArray<D>, index: number): TypedArray<D> {
    const value = this.empty();
    value.set(batch.subarray(index * this.length, (index + 1) * this.length));
    return value;
  }
}

/** Whether values are flat typed arrays. */
export const isArraySpace = (space: Space): space is ArraySpace => space instanceof ArraySpace;

/** (3,) or (84, 84, 3), as Python writes a shape. */
export const formatShape = (shape: readonly number[]): string =>
  `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
