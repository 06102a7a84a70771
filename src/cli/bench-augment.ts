/** @file Speed of the augmentation on one core: two views an image, cropped, jittered, blurred and normalised. */
import { AUGMENTATIONS, Augmenter, type Preset } from '../data/augment/index.js';
import { Generator } from '../random/index.js';

export interface AugmentBenchOptions {
  /** How long to measure. */
  seconds?: number;
  /** Side of the images and views, in pixels. */
  size?: number;
  /** The two views; by default VICReg's crops with the original system's blur and solarize, as the peer's script. */
  preset?: Preset;
}

export interface AugmentBenchResult {
  viewsPerSecond: number;
  views: number;
  seconds: number;
}

const IMAGES = 256;
const WARM_UP_SECONDS = 1;
const CIFAR10 = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] } as const;

const { original, vicreg } = AUGMENTATIONS;
const PEER_PRESET: Preset = [
  { ...original[0], crop: vicreg[0].crop },
  { ...original[1], crop: vicreg[1].crop },
];

/** Augments images of noise on this thread for some seconds, after a warm-up. */
export function benchAugment({
  seconds = 5,
  size = 32,
  preset = PEER_PRESET,
}: AugmentBenchOptions = {}): Promise<AugmentBenchResult> {
  const rng = new Generator(0);
  const images = Uint8Array.from({ length: IMAGES * size * size * 3 }, () => rng.integers(0, 256));
  const augmenter = new Augmenter(preset, [size, size], [size, size], {
    mean: [...CIFAR10.mean],
    std: [...CIFAR10.std],
  });
  const out = new Float32Array(2 * IMAGES * size * size * 3);
  const run = (duration: number): AugmentBenchResult => {
    const begun = performance.now();
    let [views, elapsed] = [0, 0];
    for (let epoch = 0; elapsed < duration; epoch++) {
      for (let i = 0; i < 2 * IMAGES; i++) {
        augmenter.render(images, i >> 1, i & 1, [0, epoch], out, i * size * size * 3);
      }
      views += 2 * IMAGES;
      elapsed = (performance.now() - begun) / 1000;
    }
    return { viewsPerSecond: views / elapsed, views, seconds: elapsed };
  };
  run(WARM_UP_SECONDS);
  return Promise.resolve(run(seconds));
}

/** Views a second, for `npm run bench -- augment`. */
export async function measureAugmentation(): Promise<number> {
  return (await benchAugment()).viewsPerSecond;
}
