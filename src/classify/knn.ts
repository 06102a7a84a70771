/**
 * @file Weighted k-nearest-neighbour accuracy (Wu et al. 2018; lightly's constants): how well do features classify
 * images by their neighbours, nothing being trained? Exact: all cosines, as products of blocks on the engine.
 */
import { UserError } from '../errors.js';
import { tf } from '../tensor/index.js';

/** Feature vectors of labelled images. */
export interface LabelledFeatures {
  /** [count, dim], row-major. */
  features: Float32Array;
  labels: Int32Array;
  count: number;
}

export interface KnnOptions {
  /** Neighbours that vote (200), at most the size of the bank. */
  k?: number;
  /** A neighbour at cosine s votes with weight exp(s / temperature) (.1). */
  temperature?: number;
}

const BLOCK = 256;

/**
 * The fraction of `queries` whose label wins the weighted vote of the k nearest in `bank` by cosine.
 * @throws UserError when a side is empty or the feature sizes differ.
 */
export async function knnAccuracy(
  bank: LabelledFeatures,
  queries: LabelledFeatures,
  { k = 200, temperature = 0.1 }: KnnOptions = {},
): Promise<number> {
  const dim = bank.features.length / bank.count;
  if (bank.count === 0 || queries.count === 0 || queries.features.length !== dim * queries.count) {
    throw new UserError(
      `kNN expects features of one size on both sides, got ${bank.features.length} numbers for ${bank.count} images ` +
        `and ${queries.features.length} for ${queries.count}.`,
    );
  }
  const classes = bank.labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const neighbours = new Nearest(Math.min(k, bank.count));
  const votes = new Float64Array(classes);
  const bankRows = normalised(bank.features, bank.count, dim);
  let correct = 0;
  for (let start = 0; start < queries.count; start += BLOCK) {
    const size = Math.min(BLOCK, queries.count - start);
    const rows = normalised(queries.features.subarray(start * dim, (start + size) * dim), size, dim);
    const product = tf.matMul(rows, bankRows, false, true);
    const cosines = (await product.data()) as Float32Array;
    tf.dispose([rows, product]);
    for (let i = 0; i < size; i++) {
      neighbours.select(cosines.subarray(i * bank.count, (i + 1) * bank.count));
      votes.fill(0);
      neighbours.indices.forEach((index, rank) => {
        votes[bank.labels[index]] += Math.exp((neighbours.values[rank] - 1) / temperature);
      });
      if (votes.indexOf(Math.max(...votes)) === queries.labels[start + i]) correct++;
    }
  }
  bankRows.dispose();
  return correct / queries.count;
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
  readonly values: Float32Array;
  readonly indices: Int32Array;

  constructor(k: number) {
    this.values = new Float32Array(k);
    this.indices = new Int32Array(k);
  }

  /** Equal numbers: the one that comes first is kept. */
  select(numbers: Float32Array): void {
    this.values.fill(-Infinity);
    this.indices.fill(0);
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] > this.values[0]) this.replaceSmallest(numbers[i], i);
    }
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
