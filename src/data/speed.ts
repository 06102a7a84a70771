/** @file The speed of the augmentation on one thread: views as the loader makes them, of images of noise. */
import { AUGMENTATIONS, Augmenter, type Preset } from './augment/index.js';
import { Generator } from '../random/index.js';

export interface AugmentationSpeedOptions {
  /** How long to measure, after a second of warming up. */
  seconds?: number;
  /** Side of the images and views, in pixels. */
  size?: number;
  /** By default VICReg's crops with the original system's blur and solarize: what the peer's script does. */
  preset?: Preset;
}

const IMAGES = 256;
const WARM_UP_SECONDS = 1;

const { original, vicreg } = AUGMENTATIONS;
const PEER_PRESET: Preset = [
  { ...original[0], crop: vicreg[0].crop },
  { ...original[1], crop: vicreg[1].crop },
];

/** Views a second; each image gives two. */
export function measureAugmentation(options: AugmentationSpeedOptions = {}): number {
  const { seconds = 5, size = 32, preset = PEER_PRESET } = options;
  const length = size * size * 3;
  const rng = new Generator(0);
  const images = Uint8Array.from({ length: IMAGES * length }, () => rng.integers(0, 256));
  const augmenter = new Augmenter(preset, [size, size], [size, size], {
    mean: [0.5, 0.5, 0.5],
    std: [0.2, 0.2, 0.2],
  });
  const views = new Float32Array(2 * IMAGES * length);
  const run = (duration: number): number => {
    const begun = performance.now();
    for (let epoch = 0; ; epoch++) {
      for (let i = 0; i < 2 * IMAGES; i++) {
        augmenter.render(images, i >> 1, i & 1, [0, epoch], views, i * length);
      }
      const elapsed = (performance.now() - begun) / 1000;
      if (elapsed >= duration) return (2 * IMAGES * (epoch + 1)) / elapsed;
    }
  };
  run(WARM_UP_SECONDS);
  return run(seconds);
}
