/** @file The loader on real threads: what it makes depends on the seed and the epoch, not on the threads. */
import { describe, expect, test } from '@jest/globals';
import { Augmenter, AUGMENTATIONS, ViewLoader, type ViewLoaderOptions } from '../../src/data/index.js';
import { allocateImages, imageSet, sliceSet } from '../../src/data/image-set.js';
import { UserError } from '../../src/errors.js';
import { Generator } from '../../src/random/index.js';

const SIZE: [number, number] = [16, 12];
const VIEW = SIZE[0] * SIZE[1] * 3;

/** Images of noise; the part of a larger set, so that its memory does not begin where the shared memory does. */
function noise(count: number) {
  const images = allocateImages(count + 3, SIZE);
  const rng = new Generator(5);
  for (let i = 0; i < images.length; i++) images[i] = rng.integers(0, 256);
  const labels = Int32Array.from({ length: count + 3 }, (_, i) => i % 2);
  return sliceSet(imageSet('noise', ['a', 'b'], SIZE, images, labels), 3, count + 3);
}

const normalization = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] } satisfies Partial<ViewLoaderOptions>;
const set = noise(45);
const options: ViewLoaderOptions = { preset: 'vicreg', batchSize: 20, seed: 7, numWorkers: 1, ...normalization };

async function epochOf(loader: ViewLoader, epoch: number, first = 0) {
  const batches = [];
  for await (const { views, indices } of loader.batches(epoch, first)) {
    batches.push({ views: Array.from(views), indices: [...indices] });
  }
  return batches;
}

async function withLoader<T>(given: Partial<ViewLoaderOptions>, use: (loader: ViewLoader) => Promise<T>): Promise<T> {
  const loader = new ViewLoader(set, { ...options, ...given });
  try {
    return await use(loader);
  } finally {
    await loader.close();
  }
}

describe('batches', () => {
  test('are the augmenter\'s views of the indices, first views first, and every image at most once', async () => {
    const batches = await withLoader({}, (loader) => epochOf(loader, 3));
    expect(batches).toHaveLength(2);
    const seen = batches.flatMap(({ indices }) => indices);
    expect(new Set(seen).size).toBe(40);
    const augmenter = new Augmenter(AUGMENTATIONS.vicreg, SIZE, SIZE, normalization);
    const expected = new Float32Array(VIEW);
    for (const { views, indices } of batches) {
      for (const [i, index] of indices.entries()) {
        for (const view of [0, 1]) {
          augmenter.render(set.images, index, view, [7, 3], expected, 0);
          const at = (view * 20 + i) * VIEW;
          expect(views.slice(at, at + VIEW)).toEqual(Array.from(expected));
        }
      }
    }
  });

  test('do not depend on the number of threads, nor on where an epoch is taken up', async () => {
    const [alone, crowd, later] = await Promise.all([
      withLoader({}, (loader) => epochOf(loader, 1)),
      withLoader({ numWorkers: 3 }, (loader) => epochOf(loader, 1)),
      withLoader({ numWorkers: 2 }, (loader) => epochOf(loader, 1, 1)),
    ]);
    expect(crowd).toEqual(alone);
    expect(later).toEqual(alone.slice(1));
  });

  test('change with the epoch and with the seed', async () => {
    const [first, second, other] = await Promise.all([
      withLoader({}, (loader) => epochOf(loader, 0)),
      withLoader({}, (loader) => epochOf(loader, 1)),
      withLoader({ seed: 8 }, (loader) => epochOf(loader, 0)),
    ]);
    expect(second[0].indices).not.toEqual(first[0].indices);
    expect(other[0].indices).not.toEqual(first[0].indices);
  });

  test('an iteration that is given up leaves nothing behind for the next one', async () => {
    await withLoader({ numWorkers: 2, batchSize: 5 }, async (loader) => {
      for await (const { indices } of loader.batches(0)) {
        expect(indices).toHaveLength(5);
        break;
      }
      const again = await epochOf(loader, 2);
      expect(again).toEqual(await withLoader({ batchSize: 5 }, (fresh) => epochOf(fresh, 2)));
    });
  });

  test('a preset of one view gives one', async () => {
    await withLoader({ preset: 'shift' }, async (loader) => {
      const augmenter = new Augmenter(AUGMENTATIONS.shift, SIZE, SIZE, normalization);
      const expected = new Float32Array(VIEW);
      for await (const { views, indices } of loader.batches(0)) {
        expect(views).toHaveLength(options.batchSize * VIEW);
        indices.forEach((index, i) => {
          augmenter.render(set.images, index, 0, [options.seed, 0], expected, 0);
          expect(views.slice(i * VIEW, (i + 1) * VIEW)).toEqual(expected);
        });
      }
    });
  });

  test('views may have another size than the images', async () => {
    await withLoader({ size: [8, 10], batchSize: 4 }, async (loader) => {
      for await (const { views } of loader.batches(0)) {
        expect(views).toHaveLength(2 * 4 * 8 * 10 * 3);
        expect(views.every((value) => Number.isFinite(value))).toBe(true);
      }
    });
  });
});

test.each([
  [{ preset: 'vicregg' }, /Did you mean "vicreg"/],
  [{ batchSize: 46 }, /46 is more than the 45 training images of noise/],
  [{ preset: 'original', size: [64, 64] as const }, /cannot be cut/],
  [{ preset: 'original', cropScale: [0.2, 1] as const }, /no crop/],
])('refuses %j', (given, message) => {
  expect(() => new ViewLoader(set, { ...options, ...given })).toThrow(UserError);
  expect(() => new ViewLoader(set, { ...options, ...given })).toThrow(message);
});
