/** @file An encoder with a head that names classes: made from data, asked about images, kept in a file. */
import type { Channels, ImageSet } from '../data/index.js';
import {
  copyModule,
  exportModule,
  importModule,
  loadSafetensors,
  MlpHead,
  ResNet,
  saveSafetensors,
  type ResNetConfig,
  type StoredTensor,
} from '../encoders/index.js';
import { CheckpointMismatchError, CorruptFileError, UserError } from '../errors.js';
import { embed, type Normalization } from './embed.js';
import { KnnHead, probabilitiesOf, type Head } from './head.js';
import { classificationMetrics, predictedClasses, type ClassificationMetrics } from './metrics.js';
import { fitFrozen, type FrozenOptions, type FrozenProtocol } from './protocols.js';
import type { DevelopmentData } from './test-set.js';

/** What a classifier must know of its images. */
export interface ClassifierInfo extends Normalization {
  protocol: string;
  classes: readonly string[];
  /** Height and width. */
  size: readonly [number, number];
}

/**
 * A trained classifier.
 *
 * @example
 * await useEngine();
 * const data = await loadDataset('cifar10', 'data');
 * const encoder = loadEncoder('runs/vicreg-resnet18/encoder.safetensors');
 * const classifier = await Classifier.fit(encoder, data, 'linear');
 * const { accuracy } = await classifier.evaluate(data.heldOut);
 * await classifier.save('classifier.safetensors');
 * const { labels } = await Classifier.load('classifier.safetensors').predict(photos);
 */
export class Classifier {
  constructor(
    readonly encoder: ResNet,
    readonly head: Head,
    readonly info: ClassifierInfo,
  ) {
    const expected = head instanceof MlpHead ? head.sizes[0] : head.bank.features.length / head.bank.count;
    if (expected !== encoder.featureDim) {
      throw new CheckpointMismatchError(
        `The head expects ${expected} features and the encoder gives ${encoder.featureDim}: they were not made for each ` +
          'other. Train the head on this encoder.',
      );
    }
  }

  /**
   * Trains a head on a frozen encoder, which stays as it is; settings are chosen on `data.heldOut`.
   * @param data a test part, if there is one, is not looked at
   * @throws UserError for data without labels.
   */
  static async fit(
    encoder: ResNet,
    data: DevelopmentData,
    protocol: FrozenProtocol,
    options: Partial<FrozenOptions> = {},
  ): Promise<Classifier> {
    const { train, heldOut, mean, std } = data;
    if (train.classes.length < 2) {
      throw new UserError(`${data.name} has no labels: a classifier needs images of two or more classes.`);
    }
    const [bank, judge] = [await embed(encoder, train, data), await embed(encoder, heldOut, data)];
    const fitted = await fitFrozen(protocol, bank, judge, train.classes.length, options);
    const own = new ResNet(encoder.config);
    copyModule(encoder, own);
    return new Classifier(own, fitted!.head, {
      protocol,
      classes: train.classes,
      size: train.size,
      mean,
      std,
    });
  }

  /** Class probabilities, [images.count, classes]. @throws UserError for images of another size. */
  async probabilities(images: ImageSet): Promise<Float32Array> {
    const { size } = this.info;
    if (images.size.join() !== size.join()) {
      throw new UserError(
        `The classifier was trained on images of ${size.join('x')} pixels, these have ${images.size.join('x')}: load them ` +
          'in the size of the training images.',
      );
    }
    return probabilitiesOf(this.head, await embed(this.encoder, images, this.info));
  }

  /** The most probable class of each image, and all probabilities. */
  async predict(images: ImageSet): Promise<{ labels: Int32Array; probabilities: Float32Array }> {
    const probabilities = await this.probabilities(images);
    return { labels: predictedClasses(probabilities, this.info.classes.length), probabilities };
  }

  /** How good it is on labelled images. @throws UserError when their classes are not the classifier's. */
  async evaluate(images: ImageSet): Promise<ClassificationMetrics> {
    const { classes } = this.info;
    if (images.classes.join('\n') !== classes.join('\n')) {
      throw new UserError(
        `The classifier knows ${classes.length} classes (${classes.slice(0, 3).join(', ')}, ...) and ${images.name} has ` +
          `${images.classes.length} (${images.classes.slice(0, 3).join(', ')}, ...): both must be the same.`,
      );
    }
    return classificationMetrics(await this.probabilities(images), images.labels, classes);
  }

  /** Writes encoder, head and names of classes to one file; `loadEncoder` reads the encoder from it, too. */
  async save(path: string): Promise<void> {
    const { encoder, head, info } = this;
    const tensors = new Map<string, StoredTensor>();
    for (const [name, tensor] of await exportModule(encoder)) tensors.set(`encoder.${name}`, tensor);
    let shape: StoredHead;
    if (head instanceof MlpHead) {
      shape = { sizes: [...head.sizes] };
      for (const [name, tensor] of await exportModule(head)) tensors.set(`head.${name}`, tensor);
    } else {
      const { bank, k, temperature } = head;
      shape = { k, temperature };
      const dim = encoder.featureDim;
      tensors.set('head.bank', { dtype: 'F32', shape: [bank.count, dim], data: bank.features });
      tensors.set('head.labels', { dtype: 'I32', shape: [bank.count], data: bank.labels });
    }
    saveSafetensors(path, tensors, {
      format: 'pt',
      resnet: JSON.stringify(encoder.config),
      classifier: JSON.stringify({ ...info, head: shape }),
    });
  }

  /** @throws UserError, CorruptFileError, CheckpointMismatchError. */
  static load(path: string): Classifier {
    const { tensors, metadata } = loadSafetensors(path);
    const { resnet, classifier } = metadata;
    if (resnet === undefined || classifier === undefined) {
      throw new CorruptFileError(
        `${path} is not a classifier: expected a file that Classifier.save or eval:classify has written. An encoder ` +
          'alone is read by loadEncoder.',
      );
    }
    const { head: shape, ...info } = JSON.parse(classifier) as ClassifierInfo & {
      head: StoredHead;
      mean: Channels;
      std: Channels;
    };
    const part = (prefix: string) =>
      new Map(
        [...tensors]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, tensor]): [string, StoredTensor] => [name.slice(prefix.length), tensor]),
      );
    const encoder = new ResNet(JSON.parse(resnet) as ResNetConfig);
    importModule(encoder, part('encoder.'), path);
    if ('sizes' in shape) {
      const head = new MlpHead(shape.sizes, { batchNorm: false, lastBias: true });
      importModule(head, part('head.'), path);
      return new Classifier(encoder, head, info);
    }
    const stored = part('head.');
    const labels = stored.get('labels')!.data as Int32Array;
    const features = stored.get('bank')!.data as Float32Array;
    const bank = { features, labels, count: labels.length };
    return new Classifier(encoder, new KnnHead(bank, info.classes.length, shape.k, shape.temperature), info);
  }

  dispose(): void {
    this.encoder.dispose();
    this.head.dispose();
  }
}

type StoredHead = { sizes: number[] } | { k: number; temperature: number };
