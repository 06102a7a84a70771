/**
 * @file All that learns, and one step of it: encoder and head by the method's loss, and beside them a linear probe
 * that sees the encoder's features without gradient, so that it measures them and does not shape them.
 */
import {
  allSumOf,
  broadcastVariables,
  gatherRows,
  GradientReducer,
  meanOverRanks,
  sumOverRanks,
  SoloCommunicator,
  type Communicator,
} from '../ddp/index.js';
import { createEncoder, moduleVariables, MlpHead, type ResNet } from '../encoders/index.js';
import { createOptimizer, type Optimizer } from '../optim/index.js';
import { Generator } from '../random/index.js';
import { sgdUpdate, softmaxCrossEntropy, tf, type AllSum } from '../tensor/index.js';
import { diverged, gradientsOf, prefixed, readScalar } from '../training/index.js';
import { findMethod, type Method, type Ranks } from './methods/index.js';
import type { PretrainConfig } from './options.js';

/** solo-learn's online classifier. */
const PROBE = { lr: 0.1, momentum: 0.9 };

/** What a step saw, before its update. */
export interface StepResult {
  loss: number;
  /** The loss's terms, without their coefficients. */
  parts: Record<string, number>;
  probeLoss: number;
}

export type LearnerConfig = Pick<
  PretrainConfig,
  | 'method'
  | 'arch'
  | 'stem'
  | 'width'
  | 'zeroInitResidual'
  | 'mlp'
  | 'optimizer'
  | 'momentum'
  | 'wd'
  | 'eta'
  | 'clipLr'
  | 'simCoeff'
  | 'stdCoeff'
  | 'covCoeff'
  | 'seed'
  | 'syncBn'
>;

export class Learner {
  readonly encoder: ResNet;
  readonly head: MlpHead;
  readonly optimizer: Optimizer;
  private readonly method: Method;
  private readonly probe: MlpHead;
  private readonly probeMomenta = new Map<string, tf.Variable>();
  /** Trained by the method: the encoder's and the head's parameters. */
  private readonly parameters: Map<string, tf.Variable>;
  private readonly parallel: { worldSize: number; reducer: GradientReducer } | undefined;
  private readonly parallelProbe: typeof this.parallel;
  private readonly allSum: AllSum | undefined;
  private readonly ranks: Ranks;

  constructor(
    private readonly config: LearnerConfig,
    classes: number,
    readonly communicator: Communicator = new SoloCommunicator(),
  ) {
    const { arch, width, zeroInitResidual, optimizer, momentum, wd, eta, clipLr, seed } = config;
    const [encoderRng, headRng, probeRng] = new Generator(seed).spawn(3);
    this.method = findMethod(config.method);
    const stem = config.stem as 'imagenet' | 'cifar';
    this.encoder = createEncoder(arch, { stem, width, zeroInitResidual, rng: encoderRng });
    this.head = this.method.createHead(this.encoder.featureDim, config.mlp, headRng);
    this.parameters = new Map([
      ...prefixed('encoder', this.encoder.parameters),
      ...prefixed('head', this.head.parameters),
    ]);
    this.optimizer = createOptimizer(optimizer, this.parameters, {
      momentum,
      weightDecay: wd,
      eta,
      clip: clipLr,
    });
    const sizes = [this.encoder.featureDim, classes];
    this.probe = new MlpHead(sizes, { rng: probeRng, batchNorm: false, lastBias: true });
    for (const [name, { shape }] of this.probe.parameters) {
      this.probeMomenta.set(
        name,
        tf.tidy(() => tf.variable(tf.zeros(shape), false)),
      );
    }
    const { worldSize } = communicator;
    this.allSum = allSumOf(communicator, config.syncBn);
    this.ranks = {
      worldSize,
      gather: (rows) => gatherRows(communicator, rows),
      sum: (x) => sumOverRanks(communicator, x),
    };
    if (worldSize > 1) {
      this.parallel = { worldSize, reducer: new GradientReducer(communicator, [this.encoder, this.head]) };
      this.parallelProbe = { worldSize, reducer: new GradientReducer(communicator, [this.probe]) };
    }
  }

  /** Everything that a checkpoint must hold, by name. */
  get variables(): Map<string, tf.Variable> {
    return new Map([
      ...prefixed('encoder', moduleVariables(this.encoder)),
      ...prefixed('head', moduleVariables(this.head)),
      ...prefixed('optimizer', this.optimizer.state()),
      ...prefixed('probe', this.probe.parameters),
      ...prefixed('probe-momentum', this.probeMomenta),
    ]);
  }

  /**
   * One update on two views of a batch; with several ranks, of this rank's part of the batch.
   * @param views [2 N, H, W, 3], normalised: first views, then second views
   * @param labels [N], for the probe only
   * @throws DivergedError, before anything is updated, when the loss is not finite.
   */
  async step(
    views: Float32Array,
    size: readonly [number, number],
    labels: Int32Array,
    lr: number,
  ): Promise<StepResult> {
    const images = tf.tensor4d(views, [2 * labels.length, size[0], size[1], 3]);
    const { loss, grads, parts, features } = this.gradients(images);
    images.dispose();
    const names = Object.keys(parts);
    const own = await Promise.all([loss, ...names.map((name) => parts[name])].map(readScalar));
    const values = meanOverRanks(this.communicator, own);
    if (!values.every(Number.isFinite)) {
      tf.dispose([loss, grads, parts, features]);
      throw diverged(values[0]);
    }
    this.optimizer.step(grads, lr);
    tf.dispose([loss, grads, parts]);
    const probeLoss = await this.probeStep(features, labels);
    features.dispose();
    return {
      loss: values[0],
      parts: Object.fromEntries(names.map((name, i) => [name, values[i + 1]])),
      probeLoss,
    };
  }

  /** To be called on all ranks before an evaluation: they evaluate one network. */
  unifyStatistics(): void {
    // Without SyncBatchNorm each rank has running statistics of its own; rank 0's are those of the result.
    if (this.config.syncBn) return;
    for (const { buffers } of [this.encoder, this.head])
      broadcastVariables(this.communicator, buffers.values());
  }

  /** Embeddings, the head's output in evaluation mode, of features. */
  embeddings(features: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => this.head.forward(features, { training: false }));
  }

  /** The probe's logits of features: [N, classes]. */
  probeLogits(features: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => this.probe.forward(features, { training: false }));
  }

  dispose(): void {
    tf.dispose([...this.optimizer.state().values(), ...this.probeMomenta.values()]);
    for (const module of [this.encoder, this.head, this.probe]) module.dispose();
  }

  /** Loss and gradients; both views go through the network as one batch of two groups. */
  private gradients(images: tf.Tensor4D) {
    const mode = { training: true, groups: 2, allSum: this.allSum };
    let features: tf.Tensor2D | undefined;
    let parts: Record<string, tf.Scalar> = {};
    const { value, grads } = gradientsOf(
      () => {
        features = tf.keep(this.encoder.forward(images, mode));
        const [za, zb] = tf.split<tf.Tensor2D>(this.head.forward(features, mode), 2);
        const result = this.method.loss(za, zb, this.config, this.ranks);
        parts = result.parts;
        for (const part of Object.values(parts)) tf.keep(part);
        return result.loss;
      },
      this.parameters,
      this.parallel,
    );
    return { loss: value, grads, parts, features: features! };
  }

  private async probeStep(features: tf.Tensor2D, labels: Int32Array): Promise<number> {
    const both = new Int32Array(2 * labels.length);
    both.set(labels);
    both.set(labels, labels.length);
    const targets = tf.tensor1d(both, 'int32');
    const { value, grads } = gradientsOf(
      () => softmaxCrossEntropy(this.probe.forward(features, { training: true }), targets),
      this.probe.parameters,
      this.parallelProbe,
    );
    const names = [...this.probe.parameters.keys()];
    sgdUpdate(
      [...this.probe.parameters.values()],
      names.map((name) => grads[name]),
      names.map((name) => this.probeMomenta.get(name)!),
      { ...PROBE, weightDecay: names.map(() => 0) },
    );
    const [loss] = meanOverRanks(this.communicator, [await readScalar(value)]);
    tf.dispose([value, grads, targets]);
    return loss;
  }
}
