/**
 * @file The k largest products of each row of A with rows of B that come in blocks, so that the matrix of all products
 * is never in memory: fused on the native engine, matrix products and a heap in JavaScript elsewhere.
 */
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../errors.js';
import { activeOnednn } from '../onednn/index.js';

/** Rows of A a product where there is no fused operation. */
const SLICE = 256;

/** Collects, for each row of A, the `k` rows of B whose product with it is largest; of equal products the first rows. */
export class NearestRows {
  /** [rows of A, k]: a heap each, whose root is the worst. */
  private readonly products: Float32Array;
  private readonly indices: Int32Array;
  private seen = 0;

  /** @param a [rows, dim], the caller's to dispose */
  constructor(
    private readonly a: tf.Tensor2D,
    private readonly k: number,
  ) {
    this.products = new Float32Array(a.shape[0] * k).fill(-Infinity);
    this.indices = new Int32Array(a.shape[0] * k);
  }

  /**
   * Offers the next rows of B, [rows, dim].
   * @throws UserError when they are not as long as A's.
   */
  async add(b: tf.Tensor2D): Promise<void> {
    const { a, k, products, indices, seen } = this;
    const [rows, dim] = a.shape;
    if (b.shape[1] !== dim) {
      throw new UserError(`Nearest rows: expected rows of ${dim} numbers, got ${b.shape[1]}.`);
    }
    this.seen += b.shape[0];
    const backend = activeOnednn();
    if (backend !== undefined) {
      backend.native.mergeNearest(backend.handleOf(a), backend.handleOf(b), products, indices, dim, k, seen);
      return;
    }
    for (let start = 0; start < rows; start += SLICE) {
      const size = Math.min(SLICE, rows - start);
      const product = tf.tidy(() => tf.matMul(tf.slice(a, [start, 0], [size, dim]), b, false, true));
      const values = (await product.data()) as Float32Array;
      product.dispose();
      for (let i = 0, at = 0; i < size; i++) {
        const heap = this.heapOf(start + i);
        for (let j = 0; j < b.shape[0]; j++, at++) {
          if (values[at] > heap.products[0]) heap.replaceRoot(values[at], seen + j);
        }
      }
    }
  }

  /** The largest products and the rows of B that they are of, [rows of A, k], largest first; ends the collection. */
  finish(): { products: Float32Array; indices: Int32Array } {
    for (let row = 0; row < this.a.shape[0]; row++) this.heapOf(row).sort();
    return { products: this.products, indices: this.indices };
  }

  private heapOf(row: number): Heap {
    const [from, to] = [row * this.k, (row + 1) * this.k];
    return new Heap(this.products.subarray(from, to), this.indices.subarray(from, to));
  }
}

/** A binary heap whose root is the smallest product, of equal ones the last in B. */
class Heap {
  constructor(
    readonly products: Float32Array,
    private readonly indices: Int32Array,
  ) {}

  replaceRoot(product: number, index: number): void {
    this.sink(product, index, this.products.length);
  }

  /** Largest first, in place: the root, the worst of those left, goes to their end. */
  sort(): void {
    const { products, indices } = this;
    for (let last = products.length - 1; last > 0; last--) {
      const [product, index] = [products[last], indices[last]];
      products[last] = products[0];
      indices[last] = indices[0];
      this.sink(product, index, last);
    }
  }

  /** Puts a product where it belongs in the first `size` places, the root being free. */
  private sink(product: number, index: number, size: number): void {
    const { products, indices } = this;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && isWorse(products, indices, child + 1, products[child], indices[child])) child++;
      if (!isWorse(products, indices, child, product, index)) break;
      products[hole] = products[child];
      indices[hole] = indices[child];
      hole = child;
    }
    products[hole] = product;
    indices[hole] = index;
  }
}

function isWorse(products: Float32Array, indices: Int32Array, at: number, product: number, index: number) {
  return products[at] < product || (products[at] === product && indices[at] > index);
}
