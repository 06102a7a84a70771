/** @file Heads of several settings that learn side by side from the same batches: linear ones as one, MLPs each alone. */
import { MlpHead } from '../encoders/index.js';
import { createOptimizer, type Optimizer } from '../optim/index.js';
import { Generator } from '../random/index.js';
import { LinearHeads, softmaxCrossEntropy, tf } from '../tensor/index.js';
import { gradientsOf } from '../training/index.js';

export interface CandidateSettings {
  lr: number;
  weightDecay: number;
}

/** What the candidates learn from. */
export interface TrainingRows {
  /** [count, dim] */
  rows: tf.Tensor2D;
  labels: Int32Array;
}

/** Heads with settings of their own, in the order in which these were given. */
export interface Candidates {
  /** One update of each on some of the rows, at its learning rate times `factor`. */
  step(batch: Int32Array, factor: number): void;
  /** Of other rows, [N, classes] a head; the caller's to dispose. */
  logits(rows: tf.Tensor2D): tf.Tensor2D[];
  /** The parameters of a head by their names in `MlpHead`. */
  weightsOf(index: number): Promise<Map<string, Float32Array>>;
  dispose(): void;
}

const MOMENTUM = 0.9;

/**
 * Heads trained by SGD with momentum; all begin at the same weights, of `seed`.
 * @param sizes features, hidden layers, classes
 */
export function createCandidates(
  settings: readonly CandidateSettings[],
  training: TrainingRows,
  sizes: readonly number[],
  seed: number,
): Candidates {
  const kind = sizes.length === 2 ? LinearCandidates : MlpCandidates;
  return new kind(settings, training, () => newHead(sizes, new Generator(seed)));
}

/** A head of the protocols: no BatchNorm, and a bias in every layer. */
export function newHead(sizes: readonly number[], rng?: Generator): MlpHead {
  return new MlpHead(sizes, { rng, batchNorm: false, lastBias: true });
}

class LinearCandidates implements Candidates {
  private readonly heads: LinearHeads;
  private readonly labels: tf.Tensor1D;

  constructor(
    private readonly settings: readonly CandidateSettings[],
    private readonly training: TrainingRows,
    makeHead: () => MlpHead,
  ) {
    const first = makeHead();
    const [weight, bias] = ['0.weight', '0.bias'].map((name) => first.parameters.get(name) as tf.Tensor);
    this.heads = new LinearHeads(weight as tf.Tensor2D, bias as tf.Tensor1D, settings.length);
    first.dispose();
    this.labels = tf.tensor1d(training.labels, 'int32');
  }

  step(batch: Int32Array, factor: number): void {
    this.heads.step(this.training.rows, this.labels, batch, {
      momentum: MOMENTUM,
      lrs: this.settings.map(({ lr }) => lr * factor),
      weightDecays: this.settings.map(({ weightDecay }) => weightDecay),
    });
  }

  logits(rows: tf.Tensor2D): tf.Tensor2D[] {
    return tf.tidy(() => tf.split(this.heads.logits(rows), this.settings.length, 1));
  }

  async weightsOf(index: number): Promise<Map<string, Float32Array>> {
    const { weight, bias } = this.heads.parametersOf(index);
    const [w, b] = (await Promise.all([weight.data(), bias.data()])) as Float32Array[];
    tf.dispose([weight, bias]);
    return new Map([
      ['0.weight', w],
      ['0.bias', b],
    ]);
  }

  dispose(): void {
    this.heads.dispose();
    this.labels.dispose();
  }
}

class MlpCandidates implements Candidates {
  private readonly members: { head: MlpHead; optimizer: Optimizer; lr: number }[];

  constructor(
    settings: readonly CandidateSettings[],
    private readonly training: TrainingRows,
    makeHead: () => MlpHead,
  ) {
    this.members = settings.map(({ lr, weightDecay }) => {
      const head = makeHead();
      return {
        head,
        optimizer: createOptimizer('sgd', head.parameters, { momentum: MOMENTUM, weightDecay }),
        lr,
      };
    });
  }

  step(batch: Int32Array, factor: number): void {
    tf.tidy(() => {
      const x = tf.gather(this.training.rows, batch);
      const labels = tf.tensor1d(
        Int32Array.from(batch, (index) => this.training.labels[index]),
        'int32',
      );
      for (const { head, optimizer, lr } of this.members) {
        const { value, grads } = gradientsOf(
          () => softmaxCrossEntropy(head.forward(x, { training: true }), labels),
          head.parameters,
        );
        value.dispose();
        optimizer.step(grads, lr * factor);
      }
    });
  }

  logits(rows: tf.Tensor2D): tf.Tensor2D[] {
    return this.members.map(({ head }) => tf.tidy(() => head.forward(rows, { training: false })));
  }

  async weightsOf(index: number): Promise<Map<string, Float32Array>> {
    const weights = new Map<string, Float32Array>();
    for (const [name, variable] of this.members[index].head.parameters) {
      weights.set(name, ((await variable.data()) as Float32Array).slice());
    }
    return weights;
  }

  dispose(): void {
    for (const { head, optimizer } of this.members) {
      tf.dispose([...optimizer.state().values()]); // before the head, whose parameters name it
      head.dispose();
    }
  }
}
