/** @file What is trained on and what is held out. */
import { UserError } from '../errors.js';
import { Generator } from '../random/index.js';
import { selectImages, sliceSet } from './image-set.js';
import type { ImageSet } from './types.js';

const MOST_HELD_OUT = 5000;
/** Below this neither training nor its evaluation says anything. */
const FEWEST_IMAGES = 20;
const PERMUTATION_SEED = 0;

/**
 * Splits off the last `count` images: by default 5,000, or a tenth of the set if that is less. A set that is sorted
 * by class is put into a fixed random order before, as its last images are all of one class; not so a sequence, whose
 * held-out images would be neighbours of those that are trained on.
 * @throws UserError when there are too few images.
 */
export function holdOut(
  set: ImageSet,
  count = Math.min(MOST_HELD_OUT, Math.floor(set.count / 10)),
  isSequence = false,
): { train: ImageSet; heldOut: ImageSet } {
  if (set.count < FEWEST_IMAGES) {
    throw new UserError(
      `The data set ${set.name} has too few images to train on: expected at least ${FEWEST_IMAGES}, found ` +
        `${set.count}. Add images, or train on the bundled set with --dataset fashion-mnist-mini.`,
    );
  }
  if (!Number.isInteger(count) || count < 1 || count >= set.count) {
    throw new UserError(
      `Cannot hold out ${count} images of ${set.name}: expected a whole number from 1 to ${set.count - 1}, as it has ` +
        `${set.count} training images.`,
    );
  }
  const mixed =
    isSortedByClass(set) && !isSequence
      ? selectImages(set, new Generator(PERMUTATION_SEED).permutation(set.count))
      : set;
  const boundary = set.count - count;
  return { train: sliceSet(mixed, 0, boundary), heldOut: sliceSet(mixed, boundary, set.count) };
}

/**
 * Which images make a random part of a set with as many of each class, up to rounding, as the whole has. A larger part
 * of the same seed contains the smaller ones. All images: in their own order.
 * @param fraction of each class's images, in (0, 1]
 * @throws UserError when a class would have no image.
 * @example const few = selectImages(train, stratifiedIndices(train, 0.01, 0));
 */
export function stratifiedIndices(set: ImageSet, fraction: number, seed: number): Int32Array {
  if (!(fraction > 0 && fraction <= 1)) {
    throw new UserError(`A part of the labels must be above 0 % and at most 100 %, found ${100 * fraction} %.`);
  }
  const wanted = set.classes.map((name, label) => {
    const count = set.labels.reduce((sum, found) => sum + Number(found === label), 0);
    const part = Math.round(fraction * count);
    if (part > 0) return part;
    throw new UserError(
      `${100 * fraction} % of the labels leave no image of the class "${name}", of which ${set.name} has ${count} to ` +
        'train on. Use more labels, or leave the class out of the data set.',
    );
  });
  const all = Int32Array.from({ length: set.count }, (_, i) => i);
  if (fraction === 1) return all;
  return new Generator(seed).shuffle(all).filter((index) => wanted[set.labels[index]]-- > 0);
}

const isSortedByClass = ({ labels }: ImageSet): boolean =>
  labels.every((label, i) => i === 0 || label >= labels[i - 1]);
