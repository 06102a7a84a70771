/**
 * @file Heads trained by SGD on features that were computed once: linear probes and MLPs. All candidates (learning
 * rates times decays) are trained side by side on the same batches, and the held-out images choose.
 */
import { setImmediate } from 'node:timers/promises';
import type { MlpHead } from '../encoders/index.js';
import { warmupCosine } from '../optim/index.js';
import { Generator } from '../random/index.js';
import { tf } from '../tensor/index.js';
import { createCandidates, newHead, type Candidates } from './candidates.js';
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

/** How a candidate did, epoch by epoch. */
interface Standing {
  settings: { lr: number; weightDecay: number };
  /** After the last epoch. */
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
  const standings = lrs
    .flatMap((lr) => weightDecays.map((weightDecay) => ({ lr, weightDecay })))
    .map((settings): Standing => ({
      settings,
      accuracy: 0,
      best: { epoch: 0, accuracy: -1, weights: new Map() },
    }));
  const [rows, judged] = [bank, heldOut].map((set) => standardized(set, scale));
  const training = { rows, labels: bank.labels };
  const settings = standings.map((one) => one.settings);
  const candidates = createCandidates(settings, training, sizes, seed);
  const free = () => {
    tf.dispose([rows, judged]);
    candidates.dispose();
  };
  const batchSize = Math.min(options.batchSize, bank.count);
  const stepsPerEpoch = Math.ceil(bank.count / batchSize);
  const schedule = warmupCosine({ baseLr: 1, totalSteps: epochs * stepsPerEpoch, warmupSteps: 0 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = new Generator([seed, epoch]).permutation(bank.count);
    for (let step = 0; step < stepsPerEpoch; step++) {
      const factor = (schedule((epoch - 1) * stepsPerEpoch + step) * batchSize) / 256;
      candidates.step(order.slice(step * batchSize, (step + 1) * batchSize), factor);
    }
    await judge(candidates, standings, judged, heldOut.labels, epoch);
    await setImmediate(); // for signals, which may stop it
    const accuracy = standings.reduce((most, one) => Math.max(most, one.accuracy), 0);
    if (onEpoch?.(epoch, accuracy) === false) {
      free();
      return undefined;
    }
  }
  const winner = standings.reduce((best, one) => (one.accuracy > best.accuracy ? one : best));
  const chosen = standings.indexOf(winner);
  const [head, best] = [await candidates.weightsOf(chosen), winner.best.weights].map((weights) => {
    const finished = newHead(sizes);
    setWeights(finished, weights);
    absorb(finished, scale);
    return finished;
  });
  free();
  const judgements = standings.map(({ settings, accuracy }) => ({ settings: { ...settings }, accuracy }));
  return {
    head,
    best: { head: best, epoch: winner.best.epoch, accuracy: winner.best.accuracy },
    chosen: judgements[chosen],
    candidates: judgements,
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

/** Measures every candidate on held-out features, and keeps the weights of those that were never better. */
async function judge(
  candidates: Candidates,
  standings: readonly Standing[],
  rows: tf.Tensor2D,
  labels: Int32Array,
  epoch: number,
): Promise<void> {
  const logits = candidates.logits(rows);
  for (const [i, one] of standings.entries()) {
    one.accuracy = accuracyOf((await logits[i].data()) as Float32Array, labels);
    if (one.accuracy > one.best.accuracy) {
      one.best = { epoch, accuracy: one.accuracy, weights: await candidates.weightsOf(i) };
    }
  }
  tf.dispose(logits);
}

/** Sets a head's parameters by name. */
export function setWeights(head: MlpHead, weights: ReadonlyMap<string, Float32Array>): void {
  for (const [name, variable] of head.parameters) {
    tf.tidy(() => {
      variable.assign(tf.tensor(weights.get(name)!, variable.shape));
    });
  }
}
