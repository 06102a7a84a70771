/**
 * @file How good the encoder is now: weighted kNN against the un-augmented training images, the online linear
 * probe, and collapse measures, all on the held-out images with BatchNorm in evaluation mode.
 */
import { normalizeImages, type DataSplits, type ImageSet } from '../../data/index.js';
import { shareOf, type Communicator } from '../../ddp/index.js';
import { accuracyOf, embed, knnAccuracy, type LabelledFeatures } from '../../classify/index.js';
import { tf } from '../../tensor/index.js';
import type { Learner } from '../learner.js';
import { collapseWarning, measureCollapse } from './collapse.js';

/** Accuracies are fractions, not measured without labels. `embeddingStd` and `rankMe` are of the projector's output. */
export interface Evaluation {
  knn?: number;
  probe?: number;
  embeddingStd: number;
  rankMe: number;
  /** What to tell the user if the embeddings have collapsed. */
  warning?: string;
}

/** Held-out images for the collapse measures: enough for a rank of hundreds, and a fraction of a second. */
const SAMPLE = 512;

/** kNN accuracy of the pixels themselves, the baseline that any encoder should beat; undefined without labels. */
export async function evaluatePixels(data: DataSplits): Promise<number | undefined> {
  if (!isLabelled(data)) return undefined;
  const [bank, queries] = [data.train, data.heldOut].map((set) =>
    labelled(
      set,
      normalizeImages(
        set,
        Int32Array.from({ length: set.count }, (_, i) => i),
        data,
      ),
    ),
  );
  return knnAccuracy(bank, queries);
}

/** Evaluates a learner as it is; its weights and statistics stay as they are. */
export async function evaluate(learner: Learner, data: DataSplits): Promise<Evaluation> {
  learner.unifyStatistics();
  // Each rank embeds its share of the images.
  const encode = (set: ImageSet) => embed(learner.encoder, set, data, learner.communicator);
  const queries = await encode(data.heldOut);
  const collapse = await evaluateCollapse(learner, queries);
  if (!isLabelled(data)) return collapse;
  const bank = await encode(data.train);
  return {
    knn: await knnOverRanks(learner.communicator, bank, queries),
    probe: await evaluateProbe(learner, queries),
    ...collapse,
  };
}

/** Each rank asks for its share of the queries. */
async function knnOverRanks(
  communicator: Communicator,
  bank: LabelledFeatures,
  { features, labels, count }: LabelledFeatures,
): Promise<number> {
  const { begin, end } = shareOf(communicator, count);
  const dim = features.length / count;
  const share: LabelledFeatures = {
    features: features.subarray(begin * dim, end * dim),
    labels: labels.subarray(begin, end),
    count: end - begin,
  };
  const correct = Float64Array.of(share.count === 0 ? 0 : share.count * (await knnAccuracy(bank, share)));
  communicator.allReduce(correct);
  return Math.round(correct[0]) / count;
}

const isLabelled = ({ train }: DataSplits) => train.classes.length > 1;

async function evaluateProbe(
  learner: Learner,
  { features, labels, count }: LabelledFeatures,
): Promise<number> {
  const inputs = tf.tensor2d(features, [count, features.length / count]);
  const logits = learner.probeLogits(inputs);
  const result = accuracyOf((await logits.data()) as Float32Array, labels);
  tf.dispose([inputs, logits]);
  return result;
}

async function evaluateCollapse(learner: Learner, { features, count }: LabelledFeatures) {
  const dim = features.length / count;
  const sampled = Math.min(SAMPLE, count);
  const sample = tf.tensor2d(features.subarray(0, sampled * dim), [sampled, dim]);
  const embeddings = learner.embeddings(sample);
  const collapse = measureCollapse((await embeddings.data()) as Float32Array, sampled, embeddings.shape[1]);
  const warning = collapseWarning(collapse, Math.min(sampled, embeddings.shape[1]));
  tf.dispose([sample, embeddings]);
  return { ...collapse, warning };
}

const labelled = ({ labels, count }: ImageSet, features: Float32Array): LabelledFeatures => ({
  features,
  labels,
  count,
});
