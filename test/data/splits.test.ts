/** @file Parts of a data set by label. */
import { describe, expect, test } from '@jest/globals';
import { allocateImages, imageSet } from '../../src/data/image-set.js';
import { stratifiedSubset } from '../../src/data/index.js';
import { UserError } from '../../src/errors.js';

/** 400 images of class 0, 200 of class 1, 40 of class 2; the first byte of each image counts. */
const LABELS = Int32Array.from({ length: 640 }, (_, i) => (i % 16 < 10 ? 0 : i % 16 < 15 ? 1 : 2));
const images = allocateImages(LABELS.length, [1, 1]);
LABELS.forEach((_, i) => images.set([i & 255, i >> 8], 3 * i));
const set = imageSet('counted', ['a', 'b', 'c'], [1, 1], images, LABELS);

const ids = ({ images: pixels, count }: typeof set) =>
  Array.from({ length: count }, (_, i) => pixels[3 * i] + 256 * pixels[3 * i + 1]);

describe('stratifiedSubset', () => {
  test('has its share of every class, with the right labels', () => {
    const part = stratifiedSubset(set, 0.1, 0);
    const counts = set.classes.map((_, label) => part.labels.filter((found) => found === label).length);
    expect(counts).toEqual([40, 20, 4]);
    expect(ids(part).map((id) => LABELS[id])).toEqual([...part.labels]);
    expect(new Set(ids(part)).size).toBe(64);
  });

  test('a larger part of the same seed contains the smaller; another seed draws others', () => {
    const [small, large] = [0.1, 0.5].map((fraction) => new Set(ids(stratifiedSubset(set, fraction, 3))));
    expect([...small].every((id) => large.has(id))).toBe(true);
    expect(new Set(ids(stratifiedSubset(set, 0.1, 4)))).not.toEqual(small);
    expect(stratifiedSubset(set, 1, 3)).toBe(set);
  });

  test('a class without an image is an error that names it', () => {
    expect(() => stratifiedSubset(set, 0.01, 0)).toThrow(UserError);
    expect(() => stratifiedSubset(set, 0.01, 0)).toThrow(/1 % of the labels leave no image of the class "c", of which/);
    for (const fraction of [0, -1, 1.5, NaN]) {
      expect(() => stratifiedSubset(set, fraction, 0)).toThrow(/above 0 % and at most 100 %/);
    }
  });
});
