/**
 * @file Nearest neighbours by cosine, and the weighted vote of their labels (Wu et al. 2018; lightly's constants): how
 * well do features classify images by their neighbours, nothing being trained? Exact: all cosines, as products of
 * blocks on the engine.
 */
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { tf } from '../tensor/index.js';
import { accuracyOf } from './metrics.js';

/** Feature vectors of images. */
export interface Features {
  /** [count, dim], row-major. */
  features: Float32Array;
  count: number;
}

/** Feature vectors of labelled images. */
export interface LabelledFeatures extends Features {
  labels: Int32Array;
}

export interface KnnOptions {
  /** Neighbours that vote (200), at most the size of the bank. */
  k?: number;
  /** A neighbour at cosine s votes with weight exp(s / temperature) (.1). */
  temperature?: number;
}

/** The k nearest of each query, nearest first; equal cosines in the bank's order. */
export interface Neighbours {
  k: number;
  /** [queries, k], into the bank. */
  indices: Int32Array;
  /** [queries, k] */
  cosines: Float32Array;
}

const BLOCK = 256;

/**
 * The `k` nearest in `bank`, or all of it if that is smaller, of each of `queries`.
 * @throws UserError when a side is empty or the feature sizes differ.
 */
export async function nearestNeighbours(bank: Features, queries: Features, k: number): Promise<Neighbours> {
  const dim = bank.features.length / bank.count;
  if (bank.count === 0 || queries.count === 0 || queries.features.length !== dim * queries.count) {
    throw new UserError(
      `kNN expects features of one size on both sides, got ${bank.features.length} numbers for ${bank.count} images ` +
        `and ${queries.features.length} for ${queries.count}.`,
    );
  }
  const kept = Math.min(k, bank.count);
  const nearest = new Nearest(kept);
  const found: Neighbours = {
    k: kept,
    indices: new Int32Array(queries.count * kept),
    cosines: new Float32Array(queries.count * kept),
  };
  const bankRows = normalised(bank.features, bank.count, dim);
  for (let start = 0; start < queries.count; start += BLOCK) {
    const size = Math.min(BLOCK, queries.count - start);
    const rows = normalised(queries.features.subarray(start * dim, (start + size) * dim), size, dim);
    const product = tf.matMul(rows, bankRows, false, true);
    const cosines = (await product.data()) as Float32Array;
    tf.dispose([rows, product]);
    for (let i = 0; i < size; i++) {
      nearest.select(cosines.subarray(i * bank.count, (i + 1) * bank.count));
      nearest.copySorted(found, start + i);
    }
    await setImmediate();
  }
  bankRows.dispose();
  return found;
}

/** Shares of the votes for each class, [queries, classes]; each row sums to 1. */
export function knnProbabilities(
  { k: kept, indices, cosines }: Neighbours,
  labels: Int32Array,
  classes: number,
  { k = 200, temperature = 0.1 }: KnnOptions = {},
): Float32Array {
  const votes = new Float64Array(classes);
  const out = new Float32Array((indices.length / kept) * classes);
  const voters = Math.min(k, kept);
  for (let query = 0; query < indices.length / kept; query++) {
    votes.fill(0);
    let total = 0;
    for (let i = query * kept; i < query * kept + voters; i++) {
      const vote = Math.exp((cosines[i] - 1) / temperature);
      votes[labels[indices[i]]] += vote;
      total += vote;
    }
    votes.forEach((vote, label) => (out[query * classes + label] = vote / total));
  }
  return out;
}

/**
 * The fraction of `queries` whose label wins the weighted vote of the k nearest in `bank` by cosine.
 * @throws UserError when a side is empty or the feature sizes differ.
 */
export async function knnAccuracy(
  bank: LabelledFeatures,
  queries: LabelledFeatures,
  options: KnnOptions = {},
): Promise<number> {
  const { k = 200 } = options;
  const classes = bank.labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const neighbours = await nearestNeighbours(bank, queries, k);
  return accuracyOf(knnProbabilities(neighbours, bank.labels, classes, options), queries.labels);
}

function normalised(features: Float32Array, count: number, dim: number): tf.Tensor2D {
  const rows = features.slice();
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * dim, (i + 1) * dim);
    let squares = 0;
    for (const value of row) squares += value * value;
    const scale = 1 / Math.max(Math.sqrt(squares), 1e-12);
    for (let j = 0; j < dim; j++) row[j] *= scale;
  }
  return tf.tensor2d(rows, [count, dim]);
}

/** The k largest of many numbers and where they are, in a binary heap whose root is the smallest kept. */
class Nearest {
  private readonly values: Float32Array;
  private readonly indices: Int32Array;
  private readonly order: Int32Array;

  constructor(private readonly k: number) {
    this.values = new Float32Array(k);
    this.indices = new Int32Array(k);
    this.order = Int32Array.from({ length: k }, (_, i) => i);
  }

  /** Equal numbers: the one that comes first is kept. */
  select(numbers: Float32Array): void {
    this.values.fill(-Infinity);
    this.indices.fill(0);
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] > this.values[0]) this.replaceSmallest(numbers[i], i);
    }
  }

  copySorted({ indices, cosines }: Neighbours, query: number): void {
    this.order.sort((a, b) => this.values[b] - this.values[a] || this.indices[a] - this.indices[b]);
    this.order.forEach((place, rank) => {
      indices[query * this.k + rank] = this.indices[place];
      cosines[query * this.k + rank] = this.values[place];
    });
  }

  private replaceSmallest(value: number, index: number): void {
    const { values, indices } = this;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= values.length) break;
      if (child + 1 < values.length && values[child + 1] < values[child]) child++;
      if (values[child] >= value) break;
      values[hole] = values[child];
      indices[hole] = indices[child];
      hole = child;
    }
    values[hole] = value;
    indices[hole] = index;
  }
}
