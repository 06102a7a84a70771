/**
 * @file Linear classifiers of the same rows, trained side by side by SGD: the rows are read once for all of them. A step
 * is one native call where the engine has it, plain ops elsewhere.
 */
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../errors.js';
import { activeOnednn } from '../onednn/index.js';

export interface LinearHeadsStep {
  momentum: number;
  /** One a head. */
  lrs: readonly number[];
  /** One a head; of weights, not of biases. */
  weightDecays: readonly number[];
}

/** `heads` linear classifiers that begin alike. */
export class LinearHeads {
  private readonly classes: number;
  private readonly dim: number;
  /** Columns, `classes` a head, in blocks as the engine likes them: [blocks, dim, columns of a block], zeros at the end. */
  private readonly weight: tf.Variable<tf.Rank.R3>;
  private readonly bias: tf.Variable<tf.Rank.R2>;
  private readonly momenta: { weight: tf.Variable; bias: tf.Variable };

  /**
   * @param weight [classes, dim]
   * @param bias [classes]
   */
  constructor(
    weight: tf.Tensor2D,
    bias: tf.Tensor1D,
    private readonly heads: number,
  ) {
    [this.classes, this.dim] = weight.shape;
    const width = heads * this.classes;
    const block = activeOnednn()?.native.linearHeadsBlock() ?? width;
    const blocks = Math.ceil(width / block);
    const variables = tf.tidy(() => {
      const blocked = (rows: tf.Tensor2D) => {
        const padded = tf.pad(tf.tile(rows, [1, heads]), [
          [0, 0],
          [0, blocks * block - width],
        ]);
        return tf.transpose(tf.reshape<tf.Rank.R3>(padded, [-1, blocks, block]), [1, 0, 2]);
      };
      const weights = blocked(tf.transpose(weight));
      const biases = tf.reshape<tf.Rank.R2>(blocked(tf.reshape<tf.Rank.R2>(bias, [1, -1])), [blocks, block]);
      return [weights, biases, tf.zerosLike(weights), tf.zerosLike(biases)].map((value) =>
        tf.variable(value),
      );
    });
    this.weight = variables[0] as tf.Variable<tf.Rank.R3>;
    this.bias = variables[1] as tf.Variable<tf.Rank.R2>;
    this.momenta = { weight: variables[2], bias: variables[3] };
  }

  /**
   * One update of every head by its mean cross-entropy on some of the rows, as `sgdUpdate` makes them.
   * @param rows [N, dim]
   * @param labels [N] int32, in [0, classes)
   * @param batch which of the rows
   * @throws UserError when the shapes or the numbers of settings do not fit.
   */
  step(rows: tf.Tensor2D, labels: tf.Tensor1D, batch: Int32Array, o: LinearHeadsStep): void {
    const { heads, classes, weight, bias, momenta } = this;
    if (rows.shape[1] !== this.dim || labels.dtype !== 'int32' || labels.size !== rows.shape[0]) {
      throw new UserError(
        `Linear heads: expected rows of ${this.dim} numbers and an int32 label for each, got [${rows.shape.join()}] ` +
          `and ${labels.size} of ${labels.dtype}.`,
      );
    }
    if (o.lrs.length !== heads || o.weightDecays.length !== heads) {
      throw new UserError(
        `Linear heads: expected a learning rate and a decay for each of ${heads}, got ${o.lrs.length} and ` +
          `${o.weightDecays.length}.`,
      );
    }
    const [rates, decays] = [o.lrs, o.weightDecays].map((values) => {
      const columns = new Float32Array(bias.size);
      values.forEach((value, head) => columns.fill(value, head * classes, (head + 1) * classes));
      return columns;
    });
    const backend = activeOnednn();
    if (backend !== undefined) {
      const [w, b, mw, mb] = [weight, bias, momenta.weight, momenta.bias].map((variable) =>
        backend.handleForUpdate(variable),
      );
      const [x, y] = [rows, labels].map((tensor) => backend.handleOf(tensor));
      const width = heads * classes;
      backend.native.linearHeadsStep(x, y, batch, w, b, mw, mb, rates, decays, width, classes, o.momentum);
      return;
    }
    tf.tidy(() => {
      const x = tf.gather(rows, batch);
      const targets = tf.oneHot(tf.gather(labels, batch), classes);
      const chances = tf.softmax(tf.reshape(this.logits(x), [-1, classes]));
      const errors = tf.sub<tf.Tensor2D>(
        tf.reshape(chances, [batch.length, -1]),
        tf.tile(targets as tf.Tensor2D, [1, heads]),
      );
      const gradient = tf.div<tf.Tensor2D>(errors, batch.length);
      const update = (variable: tf.Variable, momentum: tf.Variable, slope: tf.Tensor) => {
        momentum.assign(tf.add(tf.mul(momentum, o.momentum), tf.reshape(slope, variable.shape)));
        variable.assign(tf.sub(variable, tf.mul(momentum, rates)));
      };
      const product = tf.reshape(tf.matMul(x, gradient, true), weight.shape);
      update(weight, momenta.weight, tf.add(product, tf.mul(weight, decays)));
      update(bias, momenta.bias, tf.sum(gradient, 0));
    });
  }

  /**
   * Of rows [N, dim]: [N, heads * classes], head by head.
   */
  logits(rows: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const { weight, bias } = this.columns();
      return tf.add<tf.Tensor2D>(tf.matMul(rows, weight), bias);
    });
  }

  /** A head's weight [classes, dim] and bias [classes], the caller's to dispose. */
  parametersOf(head: number): { weight: tf.Tensor2D; bias: tf.Tensor1D } {
    const { classes, dim } = this;
    return tf.tidy(() => {
      const { weight, bias } = this.columns();
      return {
        weight: tf.transpose(tf.slice(weight, [0, head * classes], [dim, classes])),
        bias: tf.slice(bias, head * classes, classes),
      };
    });
  }

  dispose(): void {
    tf.dispose([this.weight, this.bias, this.momenta.weight, this.momenta.bias]);
  }

  /** [dim, heads * classes] and [heads * classes]. */
  private columns(): { weight: tf.Tensor2D; bias: tf.Tensor1D } {
    const width = this.heads * this.classes;
    const joined = tf.reshape<tf.Rank.R2>(tf.transpose(this.weight, [1, 0, 2]), [this.dim, -1]);
    return {
      weight: tf.slice(joined, [0, 0], [this.dim, width]),
      bias: tf.slice(tf.reshape<tf.Rank.R1>(this.bias, [-1]), 0, width),
    };
  }
}
