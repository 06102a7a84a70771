/** @file The protocols on frozen encoders by name, each from features of labelled images to a chosen head. */
import { KnnHead, type Head } from './head.js';
import { fitHeads, type Candidate } from './heads.js';
import { knnProbabilities, nearestNeighbours, type LabelledFeatures } from './knn.js';
import { fitLogistic } from './lbfgs.js';
import { accuracyOf } from './metrics.js';

export const FROZEN_PROTOCOLS = ['knn', 'linear', 'mlp'] as const;
export type FrozenProtocol = (typeof FROZEN_PROTOCOLS)[number];

/** Where a list has several values, the held-out images choose. */
export interface FrozenOptions {
  /** kNN: neighbours that vote. */
  k: readonly number[];
  temperature: readonly number[];
  /** Linear: SGD, or the optimum by L-BFGS. */
  solver: 'sgd' | 'lbfgs';
  linearEpochs: number;
  linearLr: readonly number[];
  /** Of SGD and of L-BFGS. */
  linearWd: readonly number[];
  /** MLP: sizes of the hidden layers. */
  hidden: readonly number[];
  mlpEpochs: number;
  mlpLr: readonly number[];
  mlpWd: readonly number[];
  /** Images a step of SGD. */
  headBatch: number;
  seed: number;
  /** After each epoch; false stops, and the result is undefined. */
  onEpoch?: (epoch: number, accuracy: number) => boolean;
}

export const FROZEN_DEFAULTS: FrozenOptions = {
  k: [200],
  temperature: [0.1],
  solver: 'sgd',
  linearEpochs: 100,
  linearLr: [0.003, 0.01, 0.03, 0.1, 0.3],
  linearWd: [0, 1e-3, 1e-2],
  hidden: [1024],
  mlpEpochs: 20,
  mlpLr: [0.01, 0.03, 0.1],
  mlpWd: [5e-4],
  headBatch: 256,
  seed: 0,
};

/** A head that the held-out images chose, and all that they judged. */
export interface FittedFrozen {
  head: Head;
  /** At its best epoch, where there are epochs. */
  best?: { head: Head; epoch: number; accuracy: number };
  chosen: Candidate;
  candidates: Candidate[];
}

/**
 * Fits a head of a protocol on features of labelled images; `heldOut` chooses among its settings.
 * @returns undefined when `onEpoch` stopped it
 */
export async function fitFrozen(
  protocol: FrozenProtocol,
  bank: LabelledFeatures,
  heldOut: LabelledFeatures,
  classes: number,
  options: Partial<FrozenOptions> = {},
): Promise<FittedFrozen | undefined> {
  const o = { ...FROZEN_DEFAULTS, ...options };
  const { headBatch: batchSize, seed, onEpoch } = o;
  switch (protocol) {
    case 'knn':
      return fitKnn(bank, heldOut, classes, o);
    case 'mlp': {
      const { hidden, mlpEpochs: epochs, mlpLr: lrs, mlpWd: weightDecays } = o;
      const mlp = { classes, hidden, epochs, batchSize, lrs, weightDecays, seed, onEpoch };
      return fitHeads(bank, heldOut, mlp);
    }
    case 'linear': {
      const { linearEpochs: epochs, linearLr: lrs, linearWd: weightDecays } = o;
      if (o.solver === 'lbfgs') return fitLogistic(bank, heldOut, { classes, weightDecays });
      const linear = { classes, hidden: [], epochs, batchSize, lrs, weightDecays, seed, onEpoch };
      return fitHeads(bank, heldOut, linear);
    }
  }
}

async function fitKnn(
  bank: LabelledFeatures,
  heldOut: LabelledFeatures,
  classes: number,
  { k: ks, temperature: temperatures }: FrozenOptions,
): Promise<FittedFrozen> {
  const neighbours = await nearestNeighbours(bank, heldOut, Math.max(...ks));
  const candidates = ks.flatMap((k) =>
    temperatures.map((temperature): Candidate => {
      const votes = knnProbabilities(neighbours, bank.labels, classes, { k, temperature });
      return { settings: { k, temperature }, accuracy: accuracyOf(votes, heldOut.labels) };
    }),
  );
  const chosen = candidates.reduce((best, one) => (one.accuracy > best.accuracy ? one : best));
  const { k, temperature } = chosen.settings;
  return { head: new KnnHead(bank, classes, k, temperature), chosen, candidates };
}
