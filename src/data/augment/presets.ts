/**
 * @file Augmentations by name: what may happen to each of the two views of an image. The names and numbers of
 * `asymmetric`, `symmetric`, `weak` and `vicreg` are solo-learn's for CIFAR-10.
 */
import { UserError, unknownName } from '../../errors.js';
import type { Interpolation } from './resample.js';

export type Range = readonly [low: number, high: number];

/** What may happen to a view, in this order; strengths and probabilities mean what they do in torchvision. */
export interface ViewAugmentation {
  /** Without it the whole image is kept, resized if views have another size. */
  readonly crop?: ResizedCrop | PaddedCrop;
  /** Factors are drawn from 1 - strength to 1 + strength, the turn of the hue from -hue to hue; in random order. */
  readonly jitter?: Jitter;
  /** Probabilities. */
  readonly grayscale?: number;
  readonly solarize?: number;
  readonly equalize?: number;
  readonly flip?: number;
  /** `sigma` in pixels. */
  readonly blur?: { readonly probability: number; readonly sigma: Range };
}

/** A part of the image with `scale` of its area and an aspect ratio of 3/4 to 4/3, resized (RandomResizedCrop). */
export interface ResizedCrop {
  readonly kind: 'resized';
  readonly scale: Range;
  readonly interpolation: Interpolation;
}

/** A part of the image with `padding` pixels around it (RandomCrop): black, or copies of the nearest pixel. */
export interface PaddedCrop {
  readonly kind: 'padded';
  readonly padding: number;
  readonly edge?: boolean;
}

export interface Jitter {
  readonly probability: number;
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly hue: number;
}

/** The augmentations of an image's views, in order: two for self-supervised methods, one where labels are learnt. */
export type Preset = readonly ViewAugmentation[];

const resized = (low: number): ResizedCrop => ({ kind: 'resized', scale: [low, 1], interpolation: 'bicubic' });

const jitter = (brightness: number, contrast: number, saturation: number, hue: number): Jitter => ({
  probability: 0.8,
  brightness,
  contrast,
  saturation,
  hue,
});

const both = (view: ViewAugmentation): Preset => [view, view];

const blur = (probability: number) => ({ probability, sigma: [0.1, 2] as const });

const usual: ViewAugmentation = { jitter: jitter(0.4, 0.4, 0.2, 0.1), grayscale: 0.2, flip: 0.5 };
const asymmetric: ViewAugmentation = { ...usual, crop: resized(0.08) };
const original: ViewAugmentation = { ...usual, crop: { kind: 'padded', padding: 6 } };

const presets = {
  asymmetric: [asymmetric, { ...asymmetric, solarize: 0.2 }],
  symmetric: both({ ...asymmetric, jitter: jitter(0.8, 0.8, 0.8, 0.2), blur: blur(0.5) }),
  weak: both({ ...asymmetric, jitter: jitter(0.4, 0.4, 0.4, 0.1), blur: blur(0.5) }),
  vicreg: both({ ...usual, crop: resized(0.2), solarize: 0.1 }),
  // The pair of the system this project re-creates.
  original: [
    { ...original, blur: blur(1) },
    { ...original, blur: blur(0.1), solarize: 0.2 },
  ],
  // Frames of an environment: left and right, and where things are, must stay visible. Shifts as DrQ's
  // (https://arxiv.org/abs/2004.13649), whose border repeats: a black one would tell how far an image was shifted.
  frames: both({
    crop: { kind: 'padded', padding: 4, edge: true },
    jitter: jitter(0.2, 0.2, 0.2, 0.05),
  }),
  none: both({}),
  // One view: what classifiers are usually trained with.
  crop: [{ crop: resized(0.08), flip: 0.5 }],
  shift: [{ crop: { kind: 'padded', padding: 4 }, flip: 0.5 }],
} satisfies Record<string, Preset>;

/** All presets by name. */
export const AUGMENTATIONS: Readonly<Record<string, Preset>> = presets;

/** The names of the presets that make two views of an image. */
export const PAIR_AUGMENTATIONS: readonly string[] = Object.keys(presets).filter(
  (name) => AUGMENTATIONS[name].length === 2,
);

/**
 * A preset by name, or as given, with crops of another `cropScale` (area relative to the image) if that is set.
 * @throws UserError for an unknown name, for a scale that is none, and when there is no crop to scale.
 */
export function resolvePreset(preset: string | Preset, cropScale?: Range): Preset {
  if (typeof preset === 'string' && !Object.hasOwn(AUGMENTATIONS, preset)) {
    throw unknownName('augmentation', preset, Object.keys(AUGMENTATIONS));
  }
  const views = typeof preset === 'string' ? AUGMENTATIONS[preset] : preset;
  if (cropScale === undefined) return views;
  const [low, high] = cropScale;
  if (!(low > 0 && low <= high && high <= 1)) {
    throw new UserError(
      `The crop scale must be two numbers above 0 and at most 1, the smaller first, such as 0.2-1; found ${low}-${high}.`,
    );
  }
  const rescale = (view: ViewAugmentation): ViewAugmentation => {
    if (view.crop?.kind === 'resized') return { ...view, crop: { ...view.crop, scale: cropScale } };
    throw new UserError(
      `A crop scale was given, but the augmentation${typeof preset === 'string' ? ` "${preset}"` : ''} has no crop ` +
        'that is resized. Leave the crop scale out, or choose another augmentation.',
    );
  };
  return views.map(rescale);
}
