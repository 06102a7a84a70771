/** @file Parts of a data set by label. */
import { describe, expect, test } from '@jest/globals';
import { allocateImages, imageSet } from '../../src/data/image-set.js';
import { selectImages, stratifiedIndices } from '../../src/data/index.js';
import { UserError } from '../../src/errors.js';

/** 400 images of class 0, 200 of class 1, 40 of class 2; the first byte of each image counts. */
const LABELS = Int32Array.from({ length: 640 }, (_, i) => (i % 16 < 10 ? 0 : i % 16 < 15 ? 1 : 2));
const images = allocateImages(LABELS.length, [1, 1]);
LABELS.forEach((_, i) => images.set([i & 255, i >> 8], 3 * i));
const set = imageSet('counted', ['a', 'b', 'c'], [1, 1], images, LABELS);

const ids = ({ images: pixels, count }: typeof set) =>
  Array.from({ length: count }, (_, i) => pixels[3 * i] + 256 * pixels[3 * i + 1]);

const part = (fraction: number, seed: number) =>
  selectImages(set, stratifiedIndices(set, fraction, seed));

describe('stratifiedIndices', () => {
  test('has its share of every class, with the right labels', () => {
    const tenth = part(0.1, 0);
    const counts = set.classes.map((_, label) => tenth.labels.filter((found) => found === label).length);
    expect(counts).toEqual([40, 20, 4]);
    expect(ids(tenth).map((id) => LABELS[id])).toEqual([...tenth.labels]);
    expect(new Set(ids(tenth)).size).toBe(64);
  });

  test('a larger part of the same seed contains the smaller; another seed draws others', () => {
    const [small, large] = [0.1, 0.5].map((fraction) => new Set(ids(part(fraction, 3))));
    expect([...small].every((id) => large.has(id))).toBe(true);
    expect(new Set(ids(part(0.1, 4)))).not.toEqual(small);
    expect(ids(part(1, 3))).toEqual(ids(set));
  });

  test('a class without an image is an error that names it', () => {
    expect(() => stratifiedIndices(set, 0.01, 0)).toThrow(UserError);
    expect(() => stratifiedIndices(set, 0.01, 0)).toThrow(/1 % of the labels leave no image of the class "c", of which/);
    for (const fraction of [0, -1, 1.5, NaN]) {
      expect(() => stratifiedIndices(set, fraction, 0)).toThrow(/above 0 % and at most 100 %/);
    }
  });
});
