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

export interface Method {
  readonly name: string;
  /** Names of the loss's parts, in the order they are shown. */
  readonly parts: readonly string[];
  /** The head for features of this size; `mlp` is the flag, such as '2048-2048-2048'. */
  createHead(featureDim: number, mlp: string, rng: Generator): MlpHead;
  /** The loss of two views' embeddings, [N, D] each. Run inside `tf.tidy` or a gradient. */
  loss(za: tf.Tensor2D, zb: tf.Tensor2D, options: LossOptions): MethodLoss;
}
