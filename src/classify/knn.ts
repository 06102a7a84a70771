/**
 * @file Nearest neighbours by cosine, and the weighted vote of their labels (Wu et al. 2018; lightly's constants): how
 * well do features classify images by their neighbours, nothing being trained? Exact: all cosines are computed, block by
 * block on the engine.
 */
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { NearestRows, tf } from '../tensor/index.js';
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

/** Rows of the bank that are on the engine at a time. */
const BLOCK = 1024;

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
  const asked = normalised(queries, 0, queries.count);
  const nearest = new NearestRows(asked, kept);
  for (let start = 0; start < bank.count; start += BLOCK) {
    const known = normalised(bank, start, Math.min(start + BLOCK, bank.count));
    await nearest.add(known);
    known.dispose();
    await setImmediate();
  }
  asked.dispose();
  const { products, indices } = nearest.finish();
  return { k: kept, indices, cosines: products };
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

/** The rows from `start` to `end`, each of length 1. */
function normalised({ features, count }: Features, start: number, end: number): tf.Tensor2D {
  const dim = features.length / count;
  return tf.tidy(() => {
    const rows = tf.tensor2d(features.subarray(start * dim, end * dim), [end - start, dim]);
    const lengths = tf.sqrt(tf.sum(tf.square(rows), 1, true));
    return tf.div<tf.Tensor2D>(rows, tf.maximum(lengths, 1e-12));
  });
}
