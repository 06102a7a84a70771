/**
 * @file An arm: one encoder under one protocol with one part of the labels and one seed. It trains and chooses on the
 * development images, predicts the test images, whose labels it does not have, and leaves both in its folder.
 */
import { rmSync } from 'node:fs';
import { stratifiedIndices, type ImageSet } from '../data/index.js';
import { copyModule, ResNet } from '../encoders/index.js';
import { DivergedError } from '../errors.js';
import type { Run } from '../runs/index.js';
import { Classifier } from './classifier.js';
import { keepFrozen } from './embed.js';
import { probabilitiesOf } from './head.js';
import type { Candidate } from './heads.js';
import type { LabelledFeatures } from './knn.js';
import type { ClassifyConfig, Protocol, ResolvedClassify } from './options.js';
import { PREDICTIONS_FILE, readPredictions, savePredictions, type Predictions } from './predictions.js';
import { fitFrozen, type FrozenProtocol } from './protocols.js';
import type { DevelopmentData } from './test-set.js';
import type { Team } from './team.js';
import type { LabelTrained } from './train.js';

export interface ArmName {
  /** As in --encoder. */
  encoder: string;
  protocol: Protocol;
  /** The fraction of the labels. */
  labels: number;
  seed: number;
}

/** What an arm leaves as summary.json; accuracies are on held-out images. */
export interface ArmSummary extends ArmName {
  /** Labelled images it was trained on. */
  images: number;
  chosen: Candidate;
  candidates: Candidate[];
  /** The epoch where held-out accuracy was highest; the last one is what counts. */
  best?: { epoch: number; accuracy: number };
  seconds: number;
  /** SHA-256 of the encoder's weights and buffers, the same before and after; absent where the encoder was trained. */
  frozenHash?: string;
}

export interface ArmContext {
  config: ClassifyConfig;
  /** Those who do the work. */
  team: Team;
  signal: AbortSignal;
  lists: ResolvedClassify;
  data: DevelopmentData;
  /** Test images; their labels are sealed. */
  testImages: ImageSet;
  /** Tells the user. */
  say: (line: string) => void;
  /** Shows how far heads are. */
  onEpoch: (name: ArmName, epoch: number, epochs: number, accuracy: number) => void;
}

/** An encoder with its features, computed when they are first needed and kept for all protocols. */
export class EmbeddedEncoder {
  private readonly cache = new Map<ImageSet, Promise<LabelledFeatures>>();

  constructor(
    readonly encoder: ResNet,
    private readonly team: Team,
  ) {}

  features(set: ImageSet): Promise<LabelledFeatures> {
    const known = this.cache.get(set) ?? this.team.embed(this.encoder, set);
    this.cache.set(set, known);
    return known;
  }

  /** A copy to be trained. */
  copy(): ResNet {
    const copy = new ResNet(this.encoder.config);
    copyModule(this.encoder, copy);
    return copy;
  }
}

/** The folder of an arm below that of the evaluation. */
export const armFolder = ({ encoder, protocol, labels, seed }: ArmName): [string, string, string] => [
  'arms',
  `${encoder}-${seed}`,
  `${protocol}-${percentage(labels).replace(' %', 'pc')}`,
];

/** 0.01 as '1 %'. */
export const percentage = (fraction: number): string => `${Number((100 * fraction).toPrecision(6))} %`;

/**
 * Runs an arm in its folder.
 * @param settled settings that another seed's arm has chosen, for protocols where choosing costs a training each
 * @returns undefined when the signal stopped it
 */
export async function runArm(
  name: ArmName,
  embedded: EmbeddedEncoder,
  run: Run,
  context: ArmContext,
  settled?: Candidate,
): Promise<ArmSummary | undefined> {
  const begun = Date.now();
  const { config } = context;
  const { train } = context.data;
  const part = stratifiedIndices(train, name.labels, name.seed);
  const trains = name.protocol === 'finetune' || (name.protocol !== 'knn' && config.headAugmentation);
  const work = () =>
    trains
      ? trainedArm(name, embedded, run, context, settled)
      : frozenArm(name, embedded, part, run, context);
  const frozen = name.protocol === 'finetune' ? undefined : await keepFrozen(embedded.encoder, work);
  const outcome = frozen === undefined ? await work() : frozen.result;
  if (outcome === undefined) return undefined;
  const { predictions, ...judged } = outcome;
  savePredictions(run, predictions, train.classes.length);
  const summary: ArmSummary = {
    ...name,
    images: part.length,
    ...judged,
    seconds: (Date.now() - begun) / 1000,
    frozenHash: frozen?.hash,
  };
  run.write('summary.json', summary);
  return summary;
}

type Outcome = Pick<ArmSummary, 'chosen' | 'candidates' | 'best'> & { predictions: Predictions };

/** Heads on features that are computed once. */
async function frozenArm(
  name: ArmName,
  embedded: EmbeddedEncoder,
  part: Int32Array,
  run: Run,
  { data, lists, testImages, signal, onEpoch, config, team }: ArmContext,
): Promise<Outcome | undefined> {
  const { train, heldOut, mean, std } = data;
  const bank = rowsOf(await embedded.features(train), part);
  const epochs = name.protocol === 'mlp' ? lists.frozen.mlpEpochs : lists.frozen.linearEpochs;
  const fitted = await fitFrozen(
    name.protocol as FrozenProtocol,
    bank,
    await embedded.features(heldOut),
    train.classes.length,
    {
      ...lists.frozen,
      seed: name.seed,
      onEpoch: (epoch, accuracy) => {
        onEpoch(name, epoch, epochs, accuracy);
        team.keepWaiting();
        return !signal.aborted;
      },
    },
  );
  if (fitted === undefined || signal.aborted) return undefined;
  const { head, best, chosen, candidates } = fitted;
  const test = await embedded.features(testImages);
  const predictions = {
    last: await probabilitiesOf(head, test),
    best: best && (await probabilitiesOf(best.head, test)),
  };
  // A kNN classifier would be a copy of the training images' features.
  if (name.seed === config.seed && name.protocol !== 'knn') {
    const info = { protocol: name.protocol, classes: train.classes, size: train.size, mean, std };
    await new Classifier(embedded.encoder, head, info).save(run.path('classifier.safetensors'));
  }
  for (const used of [head, best?.head]) used?.dispose();
  return { predictions, chosen, candidates, best: best && { epoch: best.epoch, accuracy: best.accuracy } };
}

/** Trainings on augmented images, one for each candidate. */
async function trainedArm(
  name: ArmName,
  embedded: EmbeddedEncoder,
  run: Run,
  context: ArmContext,
  settled?: Candidate,
): Promise<Outcome | undefined> {
  const { config, testImages, team } = context;
  const { lrs, weightDecays, ...training } = trainingOf(name, context);
  const settings = settled
    ? [settled.settings]
    : lrs.flatMap((lr) => weightDecays.map((weightDecay) => ({ lr, weightDecay })));
  const candidates: (Candidate & { best: { epoch: number; accuracy: number }; folder: Run })[] = [];
  let failure: DivergedError | undefined;
  for (const { lr, weightDecay } of settings) {
    const folder = run.part(`lr-${lr}-wd-${weightDecay}`);
    if (!folder.finished) {
      const encoder = training.frozen ? embedded.encoder : embedded.copy();
      const part = { labels: name.labels, seed: name.seed };
      const stage = { ...training, encoder, part, lr, weightDecay };
      try {
        const trained = await team.train(stage, folder);
        if (trained === undefined) return undefined;
        await finishTraining(trained, folder, testImages, team);
        trained.last.head.dispose();
      } catch (error) {
        if (!(error instanceof DivergedError)) throw error;
        failure = error;
        continue;
      } finally {
        if (!training.frozen) encoder.dispose();
      }
    }
    const { accuracy, best } = folder.read<Pick<LabelTrained, 'accuracy' | 'best'>>('summary.json');
    candidates.push({ settings: { lr, weightDecay }, accuracy, best, folder });
    context.say(
      `  lr ${lr}, weight decay ${weightDecay}: held-out accuracy ${(100 * accuracy).toFixed(1)} % after the last epoch`,
    );
  }
  if (candidates.length === 0) throw failure ?? new DivergedError('No training came to its end.');
  const winner = candidates.reduce((best, one) => (one.accuracy > best.accuracy ? one : best));
  const predictions = readPredictions(winner.folder);
  if (name.seed === config.seed) {
    const classifier = Classifier.load(winner.folder.path('classifier.safetensors'));
    await classifier.save(run.path('classifier.safetensors'));
    classifier.dispose();
  }
  for (const { folder } of candidates) {
    folder.dropCheckpoints();
    for (const file of ['classifier.safetensors', 'best.safetensors', PREDICTIONS_FILE]) {
      rmSync(folder.path(file), { force: true });
    }
  }
  const plain = candidates.map(({ settings: own, accuracy }) => ({ settings: own, accuracy }));
  const { epoch, accuracy } = winner.best;
  return {
    predictions,
    chosen: plain[candidates.indexOf(winner)],
    candidates: plain,
    best: { epoch, accuracy },
  };
}

/** Predicts the test images, and writes the summary last: with it, the training counts as done. */
async function finishTraining(
  { last, accuracy, best }: LabelTrained,
  folder: Run,
  testImages: ImageSet,
  team: Team,
): Promise<void> {
  const bestOne = Classifier.load(best.file);
  const predict = async ({ encoder, head }: Classifier) =>
    probabilitiesOf(head, await team.embed(encoder, testImages));
  const predictions = { last: await predict(last), best: await predict(bestOne) };
  bestOne.dispose();
  savePredictions(folder, predictions, last.info.classes.length);
  await last.save(folder.path('classifier.safetensors'));
  folder.write('summary.json', { accuracy, best: { epoch: best.epoch, accuracy: best.accuracy } });
}

function trainingOf({ protocol, labels, seed }: ArmName, { config, lists }: ArmContext) {
  const shared = { seed, protocol, syncBn: config.syncBn };
  if (protocol === 'finetune') {
    const epochs = lists.finetune.epochs.get(labels)!;
    return {
      ...shared,
      frozen: false,
      hidden: [],
      augmentation: config.finetuneAugmentation,
      epochs,
      batchSize: config.finetuneBatch,
      layerDecay: config.layerDecay,
      warmupEpochs: epochs / 20,
      lrs: lists.finetune.lrs,
      weightDecays: lists.finetune.weightDecays,
    };
  }
  const linear = protocol === 'linear';
  const { linearEpochs, linearLr, linearWd, hidden, mlpEpochs, mlpLr, mlpWd } = lists.frozen;
  return {
    ...shared,
    frozen: true,
    hidden: linear ? [] : hidden,
    augmentation: config.headAugmentation!,
    epochs: linear ? linearEpochs : mlpEpochs,
    batchSize: config.headBatch,
    layerDecay: 1,
    warmupEpochs: 0,
    lrs: linear ? linearLr : mlpLr,
    weightDecays: linear ? linearWd : mlpWd,
  };
}

/** Some rows of features. */
export function rowsOf({ features, labels, count }: LabelledFeatures, indices: Int32Array): LabelledFeatures {
  const dim = features.length / count;
  const out = new Float32Array(indices.length * dim);
  indices.forEach((index, i) => out.set(features.subarray(index * dim, (index + 1) * dim), i * dim));
  return { features: out, labels: Int32Array.from(indices, (index) => labels[index]), count: indices.length };
}
