/**
 * @file Heads trained by SGD on features that were computed once: linear probes and MLPs. All candidates (learning
 * rates times decays) are trained side by side on the same batches, and the held-out images choose.
 */
import { MlpHead } from '../encoders/index.js';
import { createOptimizer, warmupCosine, type Optimizer } from '../optim/index.js';
import { Generator } from '../random/index.js';
import { softmaxCrossEntropy, tf } from '../tensor/index.js';
import { gradientsOf } from '../training/index.js';
import type { Features, LabelledFeatures } from './knn.js';
import { accuracyOf } from './metrics.js';
import { absorb, standardization, standardized } from './standardize.js';

/** A setting that the held-out images judge, and how they did: the accuracy after the last epoch. */
export interface Candidate {
  settings: Record<string, number>;
  accuracy: number;
}

/** The head that the held-out images chose. */
export interface FittedHead {
  /** As it is after the last epoch, for plain features. */
  head: MlpHead;
  /** At the epoch where held-out accuracy was highest; undefined where there are no epochs. */
  best?: { head: MlpHead; epoch: number; accuracy: number };
  chosen: Candidate;
  candidates: Candidate[];
}

export interface HeadOptions {
  classes: number;
  /** Sizes of hidden layers; none for a linear probe. */
  hidden: readonly number[];
  epochs: number;
  /** Images a step, at most all there are. */
  batchSize: number;
  /** At batch 256; multiplied by batch / 256. */
  lrs: readonly number[];
  weightDecays: readonly number[];
  /** Of initial weights and order. */
  seed: number;
  /** After each epoch; false stops, and `fitHeads` returns undefined. */
  onEpoch?: (epoch: number, accuracy: number) => boolean;
}

const MOMENTUM = 0.9;

interface Trained {
  settings: { lr: number; weightDecay: number };
  head: MlpHead;
  optimizer: Optimizer;
  accuracy: number;
  best: { epoch: number; accuracy: number; weights: Map<string, Float32Array> };
}

/**
 * Trains a head for each learning rate and decay by SGD with momentum and a cosine schedule (lightly's), cross-entropy
 * on standardised features, and keeps the one that is best on the held-out images after the last epoch.
 */
export async function fitHeads(
  bank: LabelledFeatures,
  heldOut: LabelledFeatures,
  options: HeadOptions,
): Promise<FittedHead | undefined> {
  const { classes, hidden, epochs, lrs, weightDecays, seed, onEpoch } = options;
  const scale = standardization(bank);
  const sizes = [bank.features.length / bank.count, ...hidden, classes];
  const newHead = (rng?: Generator) => new MlpHead(sizes, { rng, batchNorm: false, lastBias: true });
  const trained = lrs
    .flatMap((lr) => weightDecays.map((weightDecay) => ({ lr, weightDecay })))
    .map((settings): Trained => {
      const head = newHead(new Generator(seed)); // all begin at the same weights
      const optimizer = createOptimizer('sgd', head.parameters, {
        momentum: MOMENTUM,
        weightDecay: settings.weightDecay,
      });
      return { settings, head, optimizer, accuracy: 0, best: { epoch: 0, accuracy: -1, weights: new Map() } };
    });
  const [rows, judged] = [bank, heldOut].map((set) => standardized(set, scale));
  const free = () => {
    tf.dispose([rows, judged]);
    for (const { head, optimizer } of trained) {
      tf.dispose([...optimizer.state().values()]); // before the head, whose parameters name it
      head.dispose();
    }
  };
  const batchSize = Math.min(options.batchSize, bank.count);
  const stepsPerEpoch = Math.ceil(bank.count / batchSize);
  const schedule = warmupCosine({ baseLr: 1, totalSteps: epochs * stepsPerEpoch, warmupSteps: 0 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = new Generator([seed, epoch]).permutation(bank.count);
    for (let batch = 0; batch < stepsPerEpoch; batch++) {
      const indices = order.slice(batch * batchSize, (batch + 1) * batchSize);
      const factor = (schedule((epoch - 1) * stepsPerEpoch + batch) * batchSize) / 256;
      step(trained, rows, bank.labels, indices, factor);
    }
    await judge(trained, judged, heldOut.labels, epoch);
    const accuracy = trained.reduce((most, one) => Math.max(most, one.accuracy), 0);
    if (onEpoch?.(epoch, accuracy) === false) {
      free();
      return undefined;
    }
  }
  const winner = trained.reduce((best, one) => (one.accuracy > best.accuracy ? one : best));
  const head = newHead();
  setWeights(head, await weightsOf(winner.head));
  const best = newHead();
  setWeights(best, winner.best.weights);
  for (const finished of [head, best]) absorb(finished, scale);
  free();
  const candidates = trained.map(({ settings, accuracy }) => ({ settings: { ...settings }, accuracy }));
  return {
    head,
    best: { head: best, epoch: winner.best.epoch, accuracy: winner.best.accuracy },
    chosen: candidates[trained.indexOf(winner)],
    candidates,
  };
}

/** Class probabilities of plain features: [count, classes]. */
export async function headProbabilities(head: MlpHead, { features, count }: Features): Promise<Float32Array> {
  const output = tf.tidy(() => {
    const rows = tf.tensor2d(features, [count, features.length / count]);
    return tf.softmax(head.forward(rows, { training: false }));
  });
  const probabilities = (await output.data()) as Float32Array;
  output.dispose();
  return probabilities;
}

/** One update of every candidate on one batch. */
function step(
  trained: Trained[],
  rows: tf.Tensor2D,
  labels: Int32Array,
  indices: Int32Array,
  factor: number,
): void {
  tf.tidy(() => {
    const x = tf.gather(rows, tf.tensor1d(indices, 'int32'));
    const own = Int32Array.from(indices, (index) => labels[index]);
    const targets = tf.tensor1d(
      Int32Array.from({ length: own.length * trained.length }, (_, i) => own[Math.floor(i / trained.length)]),
      'int32',
    );
    const parameters = new Map(
      trained.flatMap(({ head }, i) =>
        [...head.parameters].map(([name, variable]): [string, tf.Variable] => [`${i} ${name}`, variable]),
      ),
    );
    const { value, grads } = gradientsOf(() => {
      const logits = allLogits(trained, x);
      const classes = logits.shape[1] / trained.length;
      // The mean over images and candidates, times candidates: each gets the gradient it would get alone.
      const loss = softmaxCrossEntropy(tf.reshape(logits, [-1, classes]), targets);
      return tf.mul(loss, trained.length);
    }, parameters);
    value.dispose();
    trained.forEach(({ head, optimizer, settings }, i) => {
      const gradients = [...head.parameters.keys()].map((name): [string, tf.Tensor] => [
        name,
        grads[`${i} ${name}`],
      ]);
      optimizer.step(new Map(gradients), settings.lr * factor);
    });
  });
}

/** Logits of all candidates side by side, [N, candidates x classes]. */
function allLogits(trained: readonly Trained[], x: tf.Tensor2D): tf.Tensor2D {
  const heads = trained.map(({ head }) => head);
  if (heads[0].sizes.length > 2)
    return tf.concat(
      heads.map((head) => head.forward(x, { training: true })),
      1,
    );
  // Linear ones as one product: many small ones would take several times as long.
  const weights = tf.concat(heads.map((head) => head.parameters.get('0.weight') as unknown as tf.Tensor2D));
  const biases = tf.concat(heads.map((head) => head.parameters.get('0.bias') as unknown as tf.Tensor1D));
  return tf.add(tf.matMul(x, weights, false, true), biases);
}

/** Measures every candidate on held-out features, and keeps the weights of those that were never better. */
async function judge(
  trained: Trained[],
  rows: tf.Tensor2D,
  labels: Int32Array,
  epoch: number,
): Promise<void> {
  for (const one of trained) {
    const logits = tf.tidy(() => one.head.forward(rows, { training: false }));
    one.accuracy = accuracyOf((await logits.data()) as Float32Array, labels);
    logits.dispose();
    if (one.accuracy > one.best.accuracy) {
      one.best = { epoch, accuracy: one.accuracy, weights: await weightsOf(one.head) };
    }
  }
}

async function weightsOf(head: MlpHead): Promise<Map<string, Float32Array>> {
  const weights = new Map<string, Float32Array>();
  for (const [name, variable] of head.parameters) {
    weights.set(name, ((await variable.data()) as Float32Array).slice());
  }
  return weights;
}

/** Sets a head's parameters by name. */
export function setWeights(head: MlpHead, weights: ReadonlyMap<string, Float32Array>): void {
  for (const [name, variable] of head.parameters) {
    tf.tidy(() => {
      variable.assign(tf.tensor(weights.get(name)!, variable.shape));
    });
  }
}
