/** @file From bytes of pictures to what encoders take: normalised floats, shifted at random if asked to. */
import type { Generator } from '../random/index.js';
import { tf } from '../tensor/index.js';
import type { Frames } from './replay/index.js';

/** Mean and deviation of each colour, for pixels in [0, 1]. */
export interface Colours {
  mean: readonly number[];
  std: readonly number[];
}

export interface PictureSize {
  /** Height and width in pixels. */
  size: readonly [height: number, width: number];
}

export interface PictureOptions extends Colours, PictureSize {
  /** Pictures of a row. */
  stack: number;
  /** The pictures of a row are the channels of one image; else each is an image of its own. */
  together: boolean;
}

const { max, min } = Math;

export class PictureReader {
  /** Channels of an image. */
  readonly channels: number;
  /** Of a byte v: v * scale + bias, for each colour. */
  private readonly scale: readonly number[];
  private readonly bias: readonly number[];

  constructor(private readonly o: PictureOptions) {
    this.channels = o.together ? 3 * o.stack : 3;
    this.scale = o.std.map((deviation) => 1 / (255 * deviation));
    this.bias = o.std.map((deviation, i) => -o.mean[i] / deviation);
  }

  /**
   * Images of n rows of bytes [n, stack, height, width, 3].
   * @param shifts how far each row's pictures are moved, [n, 2] pixels down and right; at the border pixels repeat
   * @returns [n, height, width, 3 stack] or [n stack, height, width, 3], the caller's to dispose
   */
  read(rows: Frames, n: number, shifts?: Int32Array): tf.Tensor4D {
    const { size, stack, together } = this.o;
    const [height, width] = size;
    const [red, green, blue] = this.scale;
    const [redBias, greenBias, blueBias] = this.bias;
    const bytes = height * width * 3;
    const images = new Float32Array(n * stack * bytes);
    const step = this.channels;
    const columns = Int32Array.from({ length: width }, (_, x) => x * 3);
    for (let picture = 0; picture < n * stack; picture++) {
      const row = Math.floor(picture / stack);
      const [down, right] = shifts === undefined ? [0, 0] : [shifts[2 * row], shifts[2 * row + 1]];
      if (shifts !== undefined) {
        for (let x = 0; x < width; x++) columns[x] = max(0, min(width - 1, x - right)) * 3;
      }
      let to = together ? row * stack * bytes + (picture % stack) * 3 : picture * bytes;
      for (let y = 0; y < height; y++) {
        const line = picture * bytes + max(0, min(height - 1, y - down)) * width * 3;
        for (let x = 0; x < width; x++, to += step) {
          const from = line + columns[x];
          images[to] = rows[from] * red + redBias;
          images[to + 1] = rows[from + 1] * green + greenBias;
          images[to + 2] = rows[from + 2] * blue + blueBias;
        }
      }
    }
    return tf.tensor4d(images, [(n * stack * 3) / this.channels, height, width, this.channels]);
  }
}

/** Shifts for n rows, [n, 2], each of -most to most pixels. */
export function drawShifts(rng: Generator, n: number, most: number): Int32Array {
  return Int32Array.from({ length: 2 * n }, () => rng.integers(-most, most + 1));
}
