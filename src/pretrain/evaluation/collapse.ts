/**
 * @file Has the network collapsed? Two numbers on a sample of held-out embeddings: the deviation of normalised
 * embeddings (0 when all images look alike) and RankMe (how many dimensions are really used).
 */
import { symmetricEigenvalues } from './eigenvalues.js';

export interface CollapseMeasures {
  /** Mean deviation of a dimension of L2-normalised embeddings times sqrt(D): 1 when spread evenly, 0 when collapsed. */
  embeddingStd: number;
  /** Effective rank: exp of the entropy of the singular values, between 1 and min(N, D). */
  rankMe: number;
}

/**
 * RankMe (Garrido et al. 2023, https://arxiv.org/abs/2210.02885) of embeddings [n, d], row-major.
 * Singular values come from the smaller of the two Gram matrices.
 */
export function rankMe(embeddings: Float32Array, n: number, d: number): number {
  const singular = symmetricEigenvalues(smallerGram(embeddings, n, d), Math.min(n, d)).map((value) =>
    Math.sqrt(Math.max(0, value)),
  );
  const total = singular.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const entropy = singular.reduce(
    (sum, value) => (value > 0 ? sum - (value / total) * Math.log(value / total) : sum),
    0,
  );
  return Math.exp(entropy);
}

/** Both measures of embeddings [n, d], row-major. */
export function measureCollapse(embeddings: Float32Array, n: number, d: number): CollapseMeasures {
  const sums = new Float64Array(d);
  const squares = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const row = embeddings.subarray(i * d, (i + 1) * d);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) || 1;
    row.forEach((value, j) => {
      sums[j] += value / norm;
      squares[j] += (value / norm) ** 2;
    });
  }
  const deviations = squares.map((square, j) => Math.sqrt(Math.max(0, square / n - (sums[j] / n) ** 2)));
  const mean = deviations.reduce((sum, value) => sum + value, 0) / d;
  return { embeddingStd: mean * Math.sqrt(d), rankMe: rankMe(embeddings, n, d) };
}

/**
 * A sentence for the log when the measures say that the network has collapsed, or is about to.
 * @param maxRank min(N, D) of the embeddings that were measured
 */
export function collapseWarning(measures: CollapseMeasures, maxRank: number): string | undefined {
  const { embeddingStd, rankMe: rank } = measures;
  if (embeddingStd >= 0.1 && rank >= Math.min(4, maxRank / 10)) return undefined;
  return (
    `The embeddings are collapsing: deviation ${embeddingStd.toFixed(3)} of 1, effective rank ${rank.toFixed(1)} ` +
    `of ${maxRank}. Lower --base-lr, or raise --std-coeff or the batch size.`
  );
}

/** Z'Z or ZZ', whichever is smaller; they share their eigenvalues above 0. Only the lower triangle is filled. */
function smallerGram(z: Float32Array, n: number, d: number): Float64Array {
  const size = Math.min(n, d);
  const gram = new Float64Array(size * size);
  if (n <= d) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let dot = 0;
        for (let k = 0; k < d; k++) dot += z[i * d + k] * z[j * d + k];
        gram[i * n + j] = dot;
      }
    }
    return gram;
  }
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < d; i++) {
      const scale = z[k * d + i];
      for (let j = 0; j <= i; j++) gram[i * d + j] += scale * z[k * d + j];
    }
  }
  return gram;
}
