/**
 * @file VICReg (Bardes, Ponce, LeCun 2022, https://arxiv.org/abs/2105.04906): keep two views' embeddings close
 * (invariance), every dimension's deviation above 1 (variance) and dimensions uncorrelated (covariance).
 * Constants are facebookresearch/vicreg's: the variance term is halved, unlike solo-learn's.
 */
import { headSizes, MlpHead } from '../../encoders/index.js';
import { UserError } from '../../errors.js';
import { tf } from '../../tensor/index.js';
import { ALONE, type Method, type MethodLoss, type Ranks } from './method.js';

export interface VicregOptions {
  simCoeff?: number;
  stdCoeff?: number;
  covCoeff?: number;
  /** Added to variances under the root, so that its slope stays finite. */
  epsilon?: number;
}

/**
 * `sim * mean((za - zb)^2) + std * mean of both views' mean(relu(1 - deviation)) + cov * sum of both views' off-diagonal C^2 / D`.
 * @param za this rank's embeddings of the first view, [N, D]
 * @param zb of the second view, [N, D]
 * @param ranks those that have the other rows
 * @throws UserError when the shapes differ or there are fewer than two images.
 */
export function vicregLoss(
  za: tf.Tensor2D,
  zb: tf.Tensor2D,
  o: VicregOptions = {},
  ranks: Ranks = ALONE,
): MethodLoss {
  const { simCoeff = 25, stdCoeff = 25, covCoeff = 1, epsilon = 1e-4 } = o;
  if (za.rank !== 2 || za.shape.join() !== zb.shape.join() || za.shape[0] * ranks.worldSize < 2) {
    throw new UserError(
      `VICReg expects two views' embeddings of one shape [N, D] with N from 2, got [${za.shape.join(', ')}] and [${zb.shape.join(', ')}].`,
    );
  }
  if (ranks.worldSize > 1 && !vicregWork(...za.shape, ranks.worldSize).shared) {
    return vicregLoss(ranks.gather(za), ranks.gather(zb), o);
  }
  const [a, b] = [za, zb].map((z) => spread(z, epsilon, ranks));
  const invariance = meanOf(tf.square(tf.sub(za, zb)), ranks);
  const variance = tf.mul(tf.add(a.variance, b.variance), 0.5);
  const covariance = tf.add(a.covariance, b.covariance);
  const loss = tf.addN([
    tf.mul(invariance, simCoeff),
    tf.mul(variance, stdCoeff),
    tf.mul(covariance, covCoeff),
  ]);
  return { loss: loss as tf.Scalar, parts: { invariance, variance, covariance } as MethodLoss['parts'] };
}

/**
 * How many multiplications a rank does for a view's products of embeddings, and whether it is by the covariance matrix,
 * to which each rank adds the part of its own rows: D^2 sums cost some time, too, but however many ranks there are.
 * Otherwise each rank gathers all rows and does everything, at most four times as much.
 * @param rows of each rank
 */
export function vicregWork(
  rows: number,
  columns: number,
  worldSize: number,
): { products: number; shared: boolean } {
  const all = rows * worldSize;
  const [gathered, own] = [Math.min(all, columns) * all * columns, rows * columns ** 2];
  const shared = worldSize > 1 && gathered > 4 * own;
  return { products: shared ? own : gathered, shared };
}

/** The mean over all ranks' rows. */
const meanOf = (x: tf.Tensor, ranks: Ranks, axis?: number): tf.Tensor =>
  tf.mul(ranks.sum(tf.mean(x, axis, axis !== undefined)), 1 / ranks.worldSize);

/** The variance and the covariance term of one view. */
function spread(
  z: tf.Tensor2D,
  epsilon: number,
  ranks: Ranks,
): { variance: tf.Tensor; covariance: tf.Tensor } {
  const [n, d] = [z.shape[0] * ranks.worldSize, z.shape[1]];
  const centred = tf.sub<tf.Tensor2D>(z, meanOf(z, ranks, 0));
  const variances = tf.mul(ranks.sum(tf.sum(tf.square(centred), 0)), 1 / (n - 1));
  const variance = tf.mean(tf.relu(tf.sub(1, tf.sqrt(tf.add(variances, epsilon)))));
  // |Z'Z|^2 = |ZZ'|^2: the smaller of the two products gives the same sum of squares, with D / N times less work.
  const small = n < d && ranks.worldSize === 1;
  const gram = ranks.sum(tf.matMul(centred, centred, !small, small));
  const squares = tf.mul(tf.sum(tf.square(gram)), 1 / (n - 1) ** 2);
  return { variance, covariance: tf.mul(tf.sub(squares, tf.sum(tf.square(variances))), 1 / d) };
}

/** VICReg with its projector (Linear, BatchNorm, ReLU, ..., a last Linear without bias). */
export const vicreg: Method = {
  name: 'vicreg',
  parts: ['invariance', 'variance', 'covariance'],
  createHead: (featureDim, mlp, rng) => new MlpHead(headSizes(featureDim, mlp), { rng }),
  loss: vicregLoss,
};
