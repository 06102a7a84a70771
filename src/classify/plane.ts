/** @file Features in the plane by UMAP (McInnes, Healy, Melville 2018), on exact neighbours by cosine. */
import { Generator } from '../random/index.js';
import { nearestNeighbours, type Features } from './knn.js';

const NEIGHBOURS = 15;

/**
 * A map of features: images that are alike come to lie together.
 * @param seed the same seed gives the same map
 * @returns [x, y] of each
 */
export async function mapFeatures(features: Features, seed: number): Promise<[number, number][]> {
  const { UMAP } = await import('umap-js'); // not at the start of every command
  const { count } = features;
  const rng = new Generator(seed);
  // Each is its own nearest, as umap-js expects; it also wants fewer neighbours than there are points.
  const nNeighbors = Math.min(NEIGHBOURS, count - 1);
  const { indices, cosines } = await nearestNeighbours(features, features, nNeighbors);
  const rowsOf = (values: Int32Array | Float32Array) =>
    Array.from({ length: count }, (_, i) => [...values.subarray(i * nNeighbors, (i + 1) * nNeighbors)]);
  const umap = new UMAP({ nComponents: 2, nNeighbors, random: () => rng.random() });
  umap.setPrecomputedKNN(
    rowsOf(indices),
    rowsOf(cosines).map((row) => row.map((cosine) => Math.max(0, 1 - cosine))),
  );
  const dim = features.features.length / count;
  const rows = Array.from({ length: count }, (_, i) => [
    ...features.features.subarray(i * dim, (i + 1) * dim),
  ]);
  return umap.fit(rows) as [number, number][];
}
