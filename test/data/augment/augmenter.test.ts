/** @file What is drawn for a view: from what, how often, from which range, in which order. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Augmenter, AUGMENTATIONS, normalizeImages, type Normalization, type Preset } from '../../../src/data/augment/index.js';
import { ImagePipeline } from '../../../src/data/augment/pipeline.js';
import type { ViewAugmentation } from '../../../src/data/augment/presets.js';
import { allocateImages, imageSet } from '../../../src/data/image-set.js';
import { UserError } from '../../../src/errors.js';
import { Generator } from '../../../src/random/index.js';

type Size = readonly [height: number, width: number];
type Key = readonly [seed: number, epoch: number];

const normalization: Normalization = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.3] };
const SIZE: Size = [12, 10];
const LENGTH = SIZE[0] * SIZE[1] * 3;

function noise(count: number, [height, width]: Size): Uint8Array {
  const rng = new Generator(count);
  return Uint8Array.from({ length: count * height * width * 3 }, () => rng.integers(0, 256));
}

afterEach(() => void jest.restoreAllMocks());

describe('a view depends on seed, epoch, image and view alone', () => {
  const COUNT = 6;
  const images = noise(COUNT, SIZE);
  const { asymmetric, symmetric } = AUGMENTATIONS;
  // All that a preset can have.
  const preset: Preset = [
    { ...symmetric[0], equalize: 0.2, solarize: 0.2 },
    { ...asymmetric[1], crop: { kind: 'padded', padding: 3 } },
  ];
  const make = () => new Augmenter(preset, SIZE, SIZE, normalization);

  function view(augmenter: Augmenter, image: number, which: number, key: Key, pixels = images): number[] {
    const out = new Float32Array(LENGTH);
    augmenter.render(pixels, image, which, key, out, 0);
    return Array.from(out);
  }

  const asked = Array.from({ length: COUNT * 8 }, (_, i) => ({
    image: i % COUNT,
    which: Math.floor(i / COUNT) % 2,
    key: [3, Math.floor(i / COUNT / 2)] as Key,
  }));

  test('not on the order, nor on what an augmenter made before', () => {
    const reused = make();
    const inOrder = asked.map(({ image, which, key }) => view(reused, image, which, key));
    for (const i of new Generator(1).permutation(asked.length)) {
      const { image, which, key } = asked[i];
      expect(view(reused, image, which, key)).toEqual(inOrder[i]);
      expect(view(make(), image, which, key)).toEqual(inOrder[i]);
    }
  });

  test('and on each of them', () => {
    const augmenter = make();
    const views = [
      ...asked.map(({ image, which, key }) => view(augmenter, image, which, key)),
      view(augmenter, 0, 0, [4, 0]),
      view(augmenter, 0, 1, [4, 0]),
    ];
    expect(new Set(views.map((values) => values.join())).size).toBe(views.length);
    // The image's number counts, not only what it shows.
    const same = new Uint8Array(2 * LENGTH);
    same.set(images.subarray(0, LENGTH));
    same.set(images.subarray(0, LENGTH), LENGTH);
    expect(view(augmenter, 0, 0, [3, 0], same)).not.toEqual(view(augmenter, 1, 0, [3, 0], same));
  });

  test('images may be anywhere in shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(images.length + 20), 7, images.length);
    shared.set(images);
    for (const { image, which, key } of asked) {
      expect(view(make(), image, which, key, shared)).toEqual(view(make(), image, which, key));
    }
  });

  test('it is written where it is asked for, and nowhere else', () => {
    const out = new Float32Array(LENGTH + 20).fill(99);
    make().render(images, 2, 1, [3, 0], out, 9);
    expect(Array.from(out.subarray(9, 9 + LENGTH))).toEqual(view(make(), 2, 1, [3, 0]));
    expect([...out.subarray(0, 9), ...out.subarray(9 + LENGTH)]).toEqual(new Array(20).fill(99));
  });
});

type Call = [method: string, ...values: number[]];

/** What is done to each of `count` views of one image; a resized crop is not carried out. */
function record(view: ViewAugmentation, count: number, sourceSize: Size = SIZE, size: Size = sourceSize): Call[][] {
  const methods = (
    ['brightness', 'contrast', 'saturation', 'hue', 'grayscale', 'blur', 'solarize', 'equalize', 'flip'] as const
  ).map((name) => ({ name, spy: jest.spyOn(ImagePipeline.prototype, name) }));
  const resized = jest.spyOn(ImagePipeline.prototype, 'loadResized');
  const cropped = jest.spyOn(ImagePipeline.prototype, 'loadCropped');
  const augmenter = new Augmenter([view, view], sourceSize, size, normalization);
  const images = new Uint8Array(sourceSize[0] * sourceSize[1] * 3);
  const out = new Float32Array(size[0] * size[1] * 3);
  return Array.from({ length: count }, (_, epoch) => {
    const calls: { at: number; call: Call }[] = [];
    // The box is reused from view to view, so it is copied as it is given.
    resized.mockImplementationOnce((_source, _offset, box) => void calls.push({ at: 0, call: ['resized', ...box] }));
    for (const { spy } of [...methods, { spy: cropped }]) spy.mockClear();
    augmenter.render(images, 0, epoch % 2, [11, epoch], out, 0);
    for (const [, , top, left] of cropped.mock.calls) calls.push({ at: 0, call: ['cropped', top, left] });
    for (const { name, spy } of methods) {
      (spy.mock.calls as number[][]).forEach((values, i) =>
        calls.push({ at: spy.mock.invocationCallOrder[i], call: [name, ...values] }),
      );
    }
    return calls.sort((a, b) => a.at - b.at).map(({ call }) => call);
  });
}

const valuesOf = (views: Call[][], name: string): number[][] =>
  views.flatMap((calls) => calls.filter(([method]) => method === name).map(([, ...values]) => values));

/** Four standard deviations of a binomial count. */
function expectShare(count: number, total: number, probability: number): void {
  const deviation = Math.sqrt(total * probability * (1 - probability));
  expect(Math.abs(count - total * probability)).toBeLessThan(4 * deviation);
}

/** Kolmogorov and Smirnov's test at a level of 1e-4, against a distribution function. */
function expectDistribution(values: number[], distribution: (value: number) => number): void {
  const sorted = Float64Array.from(values).sort();
  let distance = 0;
  sorted.forEach((value, i) => {
    const expected = distribution(value);
    distance = Math.max(distance, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  });
  expect(distance).toBeLessThan(2.23 / Math.sqrt(sorted.length));
}

/** And the smallest and the largest come close to the ends. */
function expectUniform(values: number[], low: number, high: number): void {
  const gap = ((high - low) * 10) / values.length;
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  expect([smallest >= low, smallest < low + gap, largest > high - gap, largest <= high]).not.toContain(false);
  expectDistribution(values, (value) => (value - low) / (high - low));
}

describe('draws', () => {
  const COUNT = 4000;
  const JITTERS = ['brightness', 'contrast', 'saturation', 'hue'];

  test('everything happens as often as it should, in the order of the recipes', () => {
    const view: ViewAugmentation = { ...AUGMENTATIONS.symmetric[0], solarize: 0.1, equalize: 0.05 };
    const views = record(view, COUNT, [4, 4]);
    const shares = { grayscale: 0.2, blur: 0.5, solarize: 0.1, equalize: 0.05, flip: 0.5 };
    for (const [name, share] of Object.entries(shares)) expectShare(valuesOf(views, name).length, COUNT, share);
    const order = ['resized', 'jitter', ...Object.keys(shares)];
    for (const calls of views) {
      const places = calls.map(([name]) => order.indexOf(JITTERS.includes(name) ? 'jitter' : name));
      expect(places[0]).toBe(0);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  });

  test('jitter: all four parts or none, in all orders alike, with factors around 1', () => {
    const jitter = { probability: 0.8, brightness: 0.4, contrast: 0.3, saturation: 0.2, hue: 0.1 };
    const views = record({ jitter }, COUNT, [2, 2]);
    const orders = new Map<string, number>();
    for (const calls of views) {
      const order = calls.slice(1).map(([name]) => name);
      if (order.length > 0) orders.set(order.join(), (orders.get(order.join()) ?? 0) + 1);
    }
    const jittered = [...orders.values()].reduce((sum, count) => sum + count, 0);
    expectShare(jittered, COUNT, 0.8);
    expect(orders.size).toBe(24);
    for (const [order, count] of orders) {
      expect(order.split(',').sort()).toEqual([...JITTERS].sort());
      expectShare(count, jittered, 1 / 24);
    }
    expectUniform(valuesOf(views, 'brightness').flat(), 0.6, 1.4);
    expectUniform(valuesOf(views, 'contrast').flat(), 0.7, 1.3);
    expectUniform(valuesOf(views, 'saturation').flat(), 0.8, 1.2);
    expectUniform(valuesOf(views, 'hue').flat(), -0.1, 0.1);
  });

  test('parts of the jitter that have no strength are left out; factors are never negative', () => {
    const jitter = { probability: 1, brightness: 1.5, contrast: 0, saturation: 0.2, hue: 0 };
    const views = record({ jitter }, 300, [2, 2]);
    expectUniform(valuesOf(views, 'brightness').flat(), 0, 2.5);
    expect(valuesOf(views, 'saturation')).toHaveLength(300);
    expect([...valuesOf(views, 'contrast'), ...valuesOf(views, 'hue')]).toEqual([]);
  });

  test('the deviation of the blur is uniform', () => {
    const views = record({ blur: { probability: 0.5, sigma: [0.1, 2] } }, COUNT, [3, 3]);
    expectUniform(valuesOf(views, 'blur').flat(), 0.1, 2);
  });

  test('padded crops begin anywhere, alike', () => {
    const views = record(AUGMENTATIONS.original[0], COUNT, [5, 4]);
    for (const axis of [0, 1]) {
      const starts = valuesOf(views, 'cropped').map((values) => values[axis]);
      for (let start = -6; start <= 6; start++) {
        expectShare(starts.filter((value) => value === start).length, COUNT, 1 / 13);
      }
    }
  });
});

describe('resized crops', () => {
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  const COUNT = 4000;
  const LOG_RATIO = Math.log(4 / 3);
  const crop = (low: number, high: number) =>
    ({ crop: { kind: 'resized', scale: [low, high], interpolation: 'bicubic' } }) as const;
  // So large that rounding sides to pixels does not show but at the ends, where it is cut.
  const [height, width] = [900, 900];
  const boxes = (low: number, high: number) =>
    valuesOf(record(crop(low, high), COUNT, [height, width], [1, 1]), 'resized');

  test('areas, and logarithms of ratios, are uniform where all fit', () => {
    const drawn = boxes(0.2, 0.7);
    expectUniform(drawn.map(([, , h, w]) => clamp((h * w) / (height * width), 0.2, 0.7)), 0.2, 0.7);
    const ratios = drawn.map(([, , h, w]) => clamp(Math.log(w / h), -LOG_RATIO, LOG_RATIO));
    expectUniform(ratios, -LOG_RATIO, LOG_RATIO);
    expectUniform(
      drawn.map(([top, , h]) => top / (height - h)),
      0,
      1,
    );
    expectUniform(
      drawn.map(([, left, , w]) => left / (width - w)),
      0,
      1,
    );
  });

  test('of large ones those that do not fit are drawn again', () => {
    // Of area a, the ratios from a to 1 / a fit: above 3/4 that is fewer than all. This is the integral over areas.
    const integral = (a: number) => (a <= 0.75 ? a - 0.2 : 0.55 + (primitive(a) - primitive(0.75)) / LOG_RATIO);
    const primitive = (a: number) => a - a * Math.log(a);
    expectDistribution(
      boxes(0.2, 1).map(([, , h, w]) => (h * w) / (height * width)),
      (a) => integral(a) / integral(1),
    );
  });

  test.each([
    { size: [10, 100], box: [0, 43, 10, 13] },
    { size: [100, 10], box: [43, 0, 13, 10] },
  ] as const)('of $size, where none fits, the largest in the middle is taken', ({ size, box }) => {
    const drawn = valuesOf(record(crop(1, 1), 20, size, [4, 4]), 'resized');
    expect(drawn).toEqual(new Array(20).fill(box));
  });
});

describe('without a crop', () => {
  const set = imageSet('noise', ['a'], [12, 10], allocateImages(3, [12, 10]), new Int32Array(3));
  set.images.set(noise(3, SIZE));

  test('images stay as they are', () => {
    const augmenter = new Augmenter(AUGMENTATIONS.none, SIZE, SIZE, normalization);
    const views = new Float32Array(2 * LENGTH);
    augmenter.render(set.images, 2, 0, [0, 0], views, 0);
    augmenter.render(set.images, 1, 1, [0, 0], views, LENGTH);
    expect(Array.from(views)).toEqual(Array.from(normalizeImages(set, [2, 1], normalization)));
  });

  test('views of another size are the whole image, resized', () => {
    const augmenter = new Augmenter(AUGMENTATIONS.none, SIZE, [5, 20], normalization);
    const view = new Float32Array(5 * 20 * 3);
    augmenter.render(set.images, 1, 0, [0, 0], view, 0);
    const pipeline = new ImagePipeline(SIZE, [5, 20]);
    pipeline.loadResized(set.images, LENGTH, [0, 0, ...SIZE], 'bicubic');
    const bytes = imageSet('view', ['a'], [5, 20], pipeline.toBytes(), new Int32Array(1));
    expect(Array.from(view)).toEqual(Array.from(normalizeImages(bytes, [0], normalization)));
  });
});

describe('errors', () => {
  test.each([
    [[44, 45], false],
    [[45, 44], false],
    [[44, 44], true],
  ] as const)('views of %j from images of 32x32 padded by 6: %j', (size, works) => {
    const make = () => new Augmenter(AUGMENTATIONS.original, [32, 32], size, normalization);
    if (works) {
      expect(make).not.toThrow();
      return;
    }
    expect(make).toThrow(UserError);
    expect(make).toThrow(/4[45]x4[45] pixels cannot be cut from images of 32x32 with a padding of 6.*44x44/);
  });

  test.each([-1, 3, NaN])('there is no image %d', (index) => {
    const augmenter = new Augmenter(AUGMENTATIONS.vicreg, SIZE, SIZE, normalization);
    const render = () => {
      augmenter.render(noise(3, SIZE), index, 0, [0, 0], new Float32Array(LENGTH), 0);
    };
    expect(render).toThrow(RangeError);
  });
});
