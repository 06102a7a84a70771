/**
 * @file Draws what happens to a view, and does it. Each view of each image in each epoch has a generator of its own,
 * so that a view depends on the seed, the epoch, the image and its place in the pair alone: not on the batch, nor on
 * the worker or rank that makes it. Making a generator takes 2 us, a view about 60 us.
 */
import { UserError } from '../../errors.js';
import { Generator } from '../../random/index.js';
import { normalizationTable, type Normalization } from './normalize.js';
import { ImagePipeline } from './pipeline.js';
import type { Jitter, Preset, Range, ViewAugmentation } from './presets.js';

const { exp, log, max, round, sqrt } = Math;

const LOG_RATIO = log(4 / 3);
const CROP_ATTEMPTS = 10;

type Step = (pipeline: ImagePipeline, factor: number) => void;

/** The parts of ColorJitter, in the order in which their factors are drawn. */
const JITTERS: readonly Step[] = [
  (pipeline, factor) => pipeline.brightness(factor),
  (pipeline, factor) => pipeline.contrast(factor),
  (pipeline, factor) => pipeline.saturation(factor),
  (pipeline, turn) => pipeline.hue(turn),
];

/** All orders of the four parts. */
const ORDERS: readonly (readonly number[])[] = permutations([0, 1, 2, 3]);

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

/** Makes the views of images of one size. Not shared between threads; reuses its memory from view to view. */
export class Augmenter {
  private readonly pipeline: ImagePipeline;
  private readonly normalization: Float32Array;
  private readonly box = [0, 0, 0, 0];
  private readonly factors = [1, 1, 1, 0];

  /**
   * @param sourceSize [height, width] of the images
   * @param size [height, width] of the views
   * @throws UserError when views are larger than a padded image they are to be cut from.
   */
  constructor(
    private readonly preset: Preset,
    private readonly sourceSize: readonly [number, number],
    private readonly size: readonly [number, number],
    normalization: Normalization,
  ) {
    this.pipeline = new ImagePipeline(sourceSize, size);
    this.normalization = normalizationTable(normalization);
    for (const { crop } of preset) {
      if (crop?.kind !== 'padded') continue;
      const padded = sourceSize.map((side) => side + 2 * crop.padding);
      if (size[0] <= padded[0] && size[1] <= padded[1]) continue;
      throw new UserError(
        `Views of ${size.join('x')} pixels cannot be cut from images of ${sourceSize.join('x')} with a padding of ` +
          `${crop.padding}: expected at most ${padded.join('x')}. Ask for smaller views, or for an augmentation that ` +
          'resizes its crops.',
      );
    }
  }

  /**
   * Writes view `view` (an index into the preset) of image `index` of `images` [N, height, width, 3], normalised, to `out[offset]`.
   * @param key the seed and the epoch
   * @throws RangeError when there is no such image.
   */
  render(
    images: Uint8Array,
    index: number,
    view: number,
    [seed, epoch]: readonly [number, number],
    out: Float32Array,
    offset: number,
  ): void {
    const bytes = this.sourceSize[0] * this.sourceSize[1] * 3;
    if (!(index >= 0 && (index + 1) * bytes <= images.length)) {
      throw new RangeError(`Expected an image below ${images.length / bytes}, got ${index}.`);
    }
    // A seed's missing words count as 0: views count from 1, so that no view has the stream of the epoch's order.
    const rng = new Generator([seed, epoch, index, view + 1]);
    const { pipeline } = this;
    const { crop, jitter, grayscale = 0, blur, solarize = 0, equalize = 0, flip = 0 } = this.preset[view];
    this.load(crop, images, index * bytes, rng);
    if (jitter !== undefined && rng.random() < jitter.probability) this.jitter(jitter, rng);
    if (rng.random() < grayscale) pipeline.grayscale();
    if (blur !== undefined && rng.random() < blur.probability) pipeline.blur(rng.uniform(...blur.sigma));
    if (rng.random() < solarize) pipeline.solarize();
    if (rng.random() < equalize) pipeline.equalize();
    if (rng.random() < flip) pipeline.flip();
    pipeline.writeNormalized(this.normalization, out, offset);
  }

  private load(crop: ViewAugmentation['crop'], images: Uint8Array, offset: number, rng: Generator): void {
    const { pipeline, size, sourceSize } = this;
    if (crop?.kind === 'resized') {
      this.drawBox(crop.scale, rng);
      pipeline.loadResized(images, offset, this.box, crop.interpolation);
    } else if (crop?.kind === 'padded') {
      const top = rng.integers(0, sourceSize[0] + 2 * crop.padding - size[0] + 1) - crop.padding;
      const left = rng.integers(0, sourceSize[1] + 2 * crop.padding - size[1] + 1) - crop.padding;
      pipeline.loadCropped(images, offset, top, left, crop.edge);
    } else if (size[0] === sourceSize[0] && size[1] === sourceSize[1]) {
      pipeline.loadCropped(images, offset, 0, 0);
    } else {
      pipeline.loadResized(images, offset, [0, 0, ...sourceSize], 'bicubic');
    }
  }

  /** RandomResizedCrop.get_params */
  private drawBox([low, high]: Range, rng: Generator): void {
    const [sourceHeight, sourceWidth] = this.sourceSize;
    const { box } = this;
    for (let attempt = 0; attempt < CROP_ATTEMPTS; attempt++) {
      const area = sourceHeight * sourceWidth * rng.uniform(low, high);
      const ratio = exp(rng.uniform(-LOG_RATIO, LOG_RATIO));
      const height = round(sqrt(area / ratio));
      const width = round(sqrt(area * ratio));
      if (height < 1 || height > sourceHeight || width < 1 || width > sourceWidth) continue;
      box[0] = rng.integers(0, sourceHeight - height + 1);
      box[1] = rng.integers(0, sourceWidth - width + 1);
      box[2] = height;
      box[3] = width;
      return;
    }
    // No luck: the largest box in the middle whose ratio is allowed.
    box[2] = Math.min(sourceHeight, round((sourceWidth * 4) / 3));
    box[3] = Math.min(sourceWidth, round((sourceHeight * 4) / 3));
    box[0] = (sourceHeight - box[2]) >> 1;
    box[1] = (sourceWidth - box[3]) >> 1;
  }

  /** ColorJitter */
  private jitter({ brightness, contrast, saturation, hue }: Jitter, rng: Generator): void {
    const { factors, pipeline } = this;
    const order = ORDERS[rng.integers(0, ORDERS.length)];
    factors[0] = rng.uniform(max(0, 1 - brightness), 1 + brightness);
    factors[1] = rng.uniform(max(0, 1 - contrast), 1 + contrast);
    factors[2] = rng.uniform(max(0, 1 - saturation), 1 + saturation);
    factors[3] = rng.uniform(-hue, hue);
    for (const part of order) {
      // A strength of 0 leaves the image as it is (a hue of 0 would not: going to HSV and back rounds).
      const strength = part === 0 ? brightness : part === 1 ? contrast : part === 2 ? saturation : hue;
      if (strength > 0) JITTERS[part](pipeline, factors[part]);
    }
  }
}
