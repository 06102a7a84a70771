/** @file What a self-supervised method is to the trainer: a head on top of the encoder and a loss on its embeddings. */
import type { MlpHead } from '../../encoders/index.js';
import type { Generator } from '../../random/index.js';
import type { tf } from '../../tensor/index.js';

/** The loss to minimise and the named terms it is made of, all scalars. */
export interface MethodLoss {
  loss: tf.Scalar;
  parts: Record<string, tf.Scalar>;
}

/** The flags that losses read. */
export interface LossOptions {
  simCoeff: number;
  stdCoeff: number;
  covCoeff: number;
}

/** What a loss may ask of the ranks that share a batch, each of which has some rows. It is called on all of them alike. */
export interface Ranks {
  readonly worldSize: number;
  /** All ranks' rows: [N, D] to [W N, D]. */
  gather(rows: tf.Tensor2D): tf.Tensor2D;
  /** The sum of what all ranks have. */
  sum<T extends tf.Tensor>(x: T): T;
}

/** A process that has the whole batch. */
export const ALONE: Ranks = { worldSize: 1, gather: (rows) => rows, sum: (x) => x };

export interface Method {
  readonly name: string;
  /** Names of the loss's parts, in the order they are shown. */
  readonly parts: readonly string[];
  /** The head for features of this size; `mlp` is the flag, such as '2048-2048-2048'. */
  createHead(featureDim: number, mlp: string, rng: Generator): MlpHead;
  /**
   * The loss of two views' embeddings, [N, D] each, of all ranks' together and the same on each. Run inside `tf.tidy` or
   * a gradient.
   */
  loss(za: tf.Tensor2D, zb: tf.Tensor2D, options: LossOptions, ranks: Ranks): MethodLoss;
}
