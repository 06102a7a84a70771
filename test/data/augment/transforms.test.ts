/** @file Every transform against torchvision on PIL images (test/golden/make_transforms.py): equal bit for bit. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { normalizationTable } from '../../../src/data/augment/normalize.js';
import { ImagePipeline } from '../../../src/data/augment/pipeline.js';
import type { Interpolation } from '../../../src/data/augment/resample.js';
import type { Channels } from '../../../src/data/types.js';
import { PROJECT_ROOT } from '../../../src/files.js';

type Size = [height: number, width: number];
/** A step's name and numbers; the last value of a resized crop is its interpolation. */
type Step = [name: string, ...values: (number | Interpolation)[]];

interface Sweep {
  images: Record<string, { size: Size; pixels: string }>;
  normalized: { mean: Channels; std: Channels; floats: string };
  cases: [image: string, size: Size, steps: Step[], sha256: string][];
}

const readGolden = (name: string): unknown =>
  JSON.parse(readFileSync(join(PROJECT_ROOT, 'test', 'golden', name), 'utf8'));
const fixed = readGolden('transforms.json') as Record<string, number[][][]>;
const sweep = readGolden('transforms_more.json') as Sweep;

/** The image after some steps; it is loaded whole unless the first step crops it. */
function transform(image: Uint8Array, sourceSize: Size, size: Size, steps: readonly Step[]): Uint8Array {
  const pipeline = new ImagePipeline(sourceSize, size);
  if (!['resized', 'cropped'].includes(steps[0][0])) pipeline.loadCropped(image, 0, 0, 0);
  for (const [name, ...values] of steps) {
    const numbers = values.filter<number>((value) => typeof value === 'number');
    const [first, second] = numbers;
    const actions: Record<string, () => void> = {
      resized: () => pipeline.loadResized(image, 0, numbers, values[4] as Interpolation),
      cropped: () => pipeline.loadCropped(image, 0, first, second),
      brightness: () => pipeline.brightness(first),
      contrast: () => pipeline.contrast(first),
      saturation: () => pipeline.saturation(first),
      hue: () => pipeline.hue(first),
      grayscale: () => pipeline.grayscale(),
      blur: () => pipeline.blur(first),
      solarize: () => pipeline.solarize(first),
      equalize: () => pipeline.equalize(),
      flip: () => pipeline.flip(),
    };
    actions[name]();
  }
  return pipeline.toBytes();
}

describe('the given values', () => {
  const image = Uint8Array.from(fixed.image.flat(2));

  test.each<[string, Step]>([
    ['brightness_1.3', ['brightness', 1.3]],
    ['contrast_0.7', ['contrast', 0.7]],
    ['saturation_1.15', ['saturation', 1.15]],
    ['hue_0.07', ['hue', 0.07]],
    ['hue_-0.1', ['hue', -0.1]],
    ['grayscale', ['grayscale']],
    ['solarize_128', ['solarize', 128]],
    ['gaussian_blur_sigma_0.5', ['blur', 0.5]],
    ['gaussian_blur_sigma_1.7', ['blur', 1.7]],
    ['equalize', ['equalize']],
    ['hflip', ['flip']],
    ['resized_crop_t4_l6_h20_w17_to32_bilinear', ['resized', 4, 6, 20, 17, 'bilinear']],
    ['resized_crop_t4_l6_h20_w17_to32_bicubic', ['resized', 4, 6, 20, 17, 'bicubic']],
    ['pad6_crop_t3_l9', ['cropped', 3 - 6, 9 - 6]],
  ])('%s', (name, step) => {
    const found = transform(image, [32, 32], [32, 32], [step]);
    expect(Array.from(found)).toEqual(fixed[name].flat(2));
  });

  test('normalize', () => {
    const pipeline = new ImagePipeline([32, 32], [32, 32]);
    const out = new Float32Array(32 * 32 * 3 + 5);
    pipeline.loadCropped(image, 0, 0, 0);
    pipeline.writeNormalized(normalizationTable(sweep.normalized), out, 5);
    expect(Array.from(out.subarray(0, 8))).toEqual([
      ...[0, 0, 0, 0, 0],
      ...(fixed.normalize_cifar10_first_pixel as unknown as number[]),
    ]);
  });
});

test.each(
  sweep.cases.map(([image, size, steps, sha256], i) => ({
    name: `${i}: ${image} to ${size.join('x')} ${JSON.stringify(steps)}`,
    ...{ image, size, steps, sha256 },
  })),
)('$name', ({ image, size, steps, sha256 }) => {
  const source = sweep.images[image];
  const found = transform(Buffer.from(source.pixels, 'base64'), source.size, size, steps);
  expect(found).toHaveLength(size[0] * size[1] * 3);
  expect(createHash('sha256').update(found).digest('hex')).toMatch(new RegExp(`^${sha256}`));
});

test('every byte of every channel, normalised', () => {
  const floats = Buffer.from(sweep.normalized.floats, 'base64');
  const expected = Array.from({ length: 3 * 256 }, (_, i) => floats.readFloatLE(i * 4));
  expect(Array.from(normalizationTable(sweep.normalized))).toEqual(expected);
});
