/** @file Training with labels as a stage of an evaluation: resumable, the held-out images watching. */
import { existsSync } from 'node:fs';
import { ViewLoader, type ImageSet } from '../data/index.js';
import { SoloCommunicator, type Communicator } from '../ddp/index.js';
import { MlpHead, type ResNet } from '../encoders/index.js';
import { Generator } from '../random/index.js';
import type { Run } from '../runs/index.js';
import { Trainer, type SessionConfig } from '../training/index.js';
import { Classifier, type ClassifierInfo } from './classifier.js';
import { bestEvaluation, LabelTask } from './task.js';
import type { DevelopmentData } from './test-set.js';

export interface LabelTraining {
  /** Trained in place, unless it is frozen. */
  encoder: ResNet;
  frozen: boolean;
  /** Sizes of the head's hidden layers. */
  hidden: readonly number[];
  /** Images with the labels that may be used. */
  train: ImageSet;
  /** Its held-out images judge. */
  data: DevelopmentData;
  augmentation: string;
  cropScale?: [number, number];
  epochs: number;
  batchSize: number;
  /** At batch 256; multiplied by batch / 256. */
  lr: number;
  weightDecay: number;
  layerDecay: number;
  warmupEpochs: number;
  seed: number;
  protocol: string;
  /** BatchNorm over the images of all ranks, or each rank by itself. */
  syncBn: boolean;
}

/** Where a stage works, and what may stop it. */
export interface StageContext {
  config: Pick<SessionConfig, 'numWorkers' | 'checkpointEvery' | 'checkpointMinutes' | 'keep' | 'timeBudget'>;
  signal: AbortSignal;
  /** All its ranks train together; by default a rank alone. */
  communicator?: Communicator;
}

export interface LabelTrained {
  /** As it is after the last epoch; shares `encoder` with the request. */
  last: Classifier;
  /** Held-out accuracy after the last epoch. */
  accuracy: number;
  /** The epoch where held-out accuracy was highest, and the classifier's file. */
  best: { epoch: number; accuracy: number; file: string };
}

/** Held-out evaluations in a training. */
const EVALUATIONS = 10;

/**
 * Trains a head, and the encoder with it unless that is frozen, with SGD, warm-up and cosine.
 * @param run holds checkpoints; training goes on at the newest
 * @returns undefined when the signal or the time budget stopped it
 * @throws DivergedError; UserError for a batch size that the ranks cannot share evenly.
 */
export async function trainWithLabels(
  request: LabelTraining,
  run: Run,
  { config, signal, communicator = new SoloCommunicator() }: StageContext,
): Promise<LabelTrained | undefined> {
  const { encoder, frozen, train, data, epochs, seed, weightDecay, layerDecay, syncBn } = request;
  const { mean, std } = data;
  const { rank, worldSize } = communicator;
  // Few labels may not fill a batch: then what is left over by even shares waits for another epoch.
  const batchSize = Math.min(request.batchSize, train.count - (train.count % worldSize));
  const head = new MlpHead([encoder.featureDim, ...request.hidden, train.classes.length], {
    rng: new Generator(seed),
    batchNorm: false,
    lastBias: true,
  });
  const info: ClassifierInfo = {
    protocol: request.protocol,
    classes: train.classes,
    size: train.size,
    mean,
    std,
  };
  const last = new Classifier(encoder, head, info);
  const bestFile = run.path('best.safetensors');
  const task = new LabelTask({
    encoder,
    head,
    frozen,
    weightDecay,
    layerDecay,
    data,
    communicator,
    syncBn,
    onBest: () => last.save(bestFile),
  });
  const loader = new ViewLoader(train, {
    preset: request.augmentation,
    cropScale: request.cropScale,
    batchSize,
    seed,
    numWorkers: config.numWorkers,
    rank,
    worldSize,
    mean,
    std,
  });
  try {
    const settings = {
      ...config,
      epochs,
      batchSize,
      lr: (request.lr * batchSize) / 256,
      warmupEpochs: request.warmupEpochs,
      evalRunAt: Math.ceil(epochs / EVALUATIONS),
    };
    const trainer = new Trainer(settings, { task, train, loader, run, signal, communicator });
    const { ending, progress } = await trainer.train();
    const best = bestEvaluation(progress.evaluations);
    if (ending !== 'finished' || best === undefined) return undefined;
    if (rank === 0 && !existsSync(bestFile)) return undefined;
    const accuracy = progress.evaluations[progress.evaluations.length - 1].metrics['eval/accuracy'];
    return { last, accuracy, best: { ...best, file: bestFile } };
  } finally {
    await loader.close();
    task.dispose();
  }
}
