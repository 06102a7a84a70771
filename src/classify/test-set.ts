/**
 * @file The test set under seal. What trains and chooses gets `DevelopmentData`, which has no test part; predictions
 * are made from the test images alone; the labels come out once, when all predictions have been made.
 */
import type { DataSplits, ImageSet } from '../data/index.js';
import { EncodergymError, UserError } from '../errors.js';

/** All that training and selection may see. */
export type DevelopmentData = Omit<DataSplits, 'test'>;

/** Test images whose labels can be read once. */
export class SealedTestSet {
  /** The images, with labels of -1. */
  readonly images: ImageSet;
  /** How often the labels were read: 0 or 1. */
  opened = 0;
  readonly #labels: Int32Array;

  constructor(test: ImageSet) {
    this.#labels = test.labels;
    this.images = { ...test, labels: new Int32Array(test.count).fill(-1) };
  }

  /** The labels. @throws EncodergymError the second time. */
  open(): Int32Array {
    if (this.opened > 0) {
      throw new EncodergymError(
        'The labels of the test set have been read already; they are read once, at the end.',
      );
    }
    this.opened++;
    return this.#labels;
  }
}

/**
 * Parts a data set into what may be looked at and what may not.
 * @throws UserError when there are no labels or no test part.
 */
export function sealTestSet({ test, ...development }: DataSplits): {
  development: DevelopmentData;
  test: SealedTestSet;
} {
  const { name, train } = development;
  if (train.classes.length < 2) {
    throw new UserError(
      `${name} has no labels: classification needs a folder of images for each of two or more classes.`,
    );
  }
  if (test === undefined) {
    throw new UserError(
      `${name} has no test part to measure on: put its images into train/CLASS and test/CLASS folders.`,
    );
  }
  return { development, test: new SealedTestSet(test) };
}
