/** @file Presets have the numbers of the recipes they are named after; what cannot be resolved says why. */
import { describe, expect, test } from '@jest/globals';
import { AUGMENTATIONS, PAIR_AUGMENTATIONS, resolvePreset } from '../../../src/data/augment/index.js';
import { UserError } from '../../../src/errors.js';

const crop = (low: number) => ({ kind: 'resized', scale: [low, 1], interpolation: 'bicubic' });
const jitter = (brightness: number, contrast: number, saturation: number, hue: number) => ({
  probability: 0.8,
  ...{ brightness, contrast, saturation, hue },
});
const blur = (probability: number) => ({ probability, sigma: [0.1, 2] });
const grayAndFlip = { grayscale: 0.2, flip: 0.5 };

test.each<[name: string, first: object, second?: object]>([
  [
    'asymmetric',
    { crop: crop(0.08), jitter: jitter(0.4, 0.4, 0.2, 0.1), ...grayAndFlip },
    { crop: crop(0.08), jitter: jitter(0.4, 0.4, 0.2, 0.1), ...grayAndFlip, solarize: 0.2 },
  ],
  ['symmetric', { crop: crop(0.08), jitter: jitter(0.8, 0.8, 0.8, 0.2), ...grayAndFlip, blur: blur(0.5) }],
  ['weak', { crop: crop(0.08), jitter: jitter(0.4, 0.4, 0.4, 0.1), ...grayAndFlip, blur: blur(0.5) }],
  ['vicreg', { crop: crop(0.2), jitter: jitter(0.4, 0.4, 0.2, 0.1), ...grayAndFlip, solarize: 0.1 }],
  [
    'original',
    { crop: { kind: 'padded', padding: 6 }, jitter: jitter(0.4, 0.4, 0.2, 0.1), ...grayAndFlip, blur: blur(1) },
    {
      ...{ crop: { kind: 'padded', padding: 6 }, jitter: jitter(0.4, 0.4, 0.2, 0.1), ...grayAndFlip },
      ...{ blur: blur(0.1), solarize: 0.2 },
    },
  ],
  [
    'frames',
    { crop: { kind: 'padded', padding: 4, edge: true }, jitter: jitter(0.2, 0.2, 0.2, 0.05) },
  ],
  ['none', {}],
])('%s', (name, first, second = first) => {
  expect(AUGMENTATIONS[name]).toEqual([first, second]);
  expect(resolvePreset(name)).toEqual([first, second]);
});

test('those above are all that make pairs', () => {
  expect(PAIR_AUGMENTATIONS).toHaveLength(7);
});

test('presets of one view, for training with labels', () => {
  expect(AUGMENTATIONS.crop).toEqual([{ crop: crop(0.08), flip: 0.5 }]);
  expect(AUGMENTATIONS.shift).toEqual([{ crop: { kind: 'padded', padding: 4 }, flip: 0.5 }]);
  expect(Object.keys(AUGMENTATIONS)).toHaveLength(PAIR_AUGMENTATIONS.length + 2);
});

describe('resolvePreset', () => {
  test('another crop scale changes the crops of both views, and nothing else', () => {
    const [first, second] = AUGMENTATIONS.asymmetric;
    const scaled = { kind: 'resized', scale: [0.3, 0.9], interpolation: 'bicubic' };
    expect(resolvePreset('asymmetric', [0.3, 0.9])).toEqual([
      { ...first, crop: scaled },
      { ...second, crop: scaled },
    ]);
    expect(first.crop).toEqual(crop(0.08));
  });

  test('a preset may be given instead of a name', () => {
    const preset = [{ flip: 1 }, { crop: AUGMENTATIONS.vicreg[1].crop }] as const;
    expect(resolvePreset(preset)).toEqual(preset);
    expect(() => resolvePreset(preset, [0.5, 1])).toThrow(/the augmentation has no crop that is resized/);
  });

  test.each([
    ['an unknown name', () => resolvePreset('vicregs'), /"vicregs".*vicreg/s],
    ['a property of objects', () => resolvePreset('toString'), /"toString"/],
    ['a scale of 0', () => resolvePreset('vicreg', [0, 1]), /above 0 and at most 1.*found 0-1/s],
    ['a scale above 1', () => resolvePreset('vicreg', [0.5, 1.5]), /found 0.5-1.5/],
    ['a scale that falls', () => resolvePreset('vicreg', [0.9, 0.5]), /smaller first.*found 0.9-0.5/s],
    ['a scale that is no number', () => resolvePreset('vicreg', [NaN, 1]), /found NaN-1/],
    ['no crop to scale', () => resolvePreset('original', [0.5, 1]), /"original" has no crop that is resized/],
  ])('%s is an error', (_, resolve, message) => {
    expect(resolve).toThrow(UserError);
    expect(resolve).toThrow(message);
  });
});
