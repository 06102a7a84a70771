/** @file What predicts classes from features: layers, or the vote of a bank of labelled features. */
import { MlpHead } from '../encoders/index.js';
import { headProbabilities } from './heads.js';
import { knnProbabilities, nearestNeighbours, type Features, type LabelledFeatures } from './knn.js';

export type Head = MlpHead | KnnHead;

/** The nearest neighbours in a bank vote. */
export class KnnHead {
  constructor(
    readonly bank: LabelledFeatures,
    readonly classes: number,
    readonly k: number,
    readonly temperature: number,
  ) {}

  /** It holds nothing on the engine. */
  dispose(): void {
    return;
  }
}

/** Class probabilities of features, [count, classes]. */
export async function probabilitiesOf(head: Head, features: Features): Promise<Float32Array> {
  if (head instanceof MlpHead) return headProbabilities(head, features);
  const { bank, classes, k, temperature } = head;
  return knnProbabilities(await nearestNeighbours(bank, features, k), bank.labels, classes, {
    k,
    temperature,
  });
}
