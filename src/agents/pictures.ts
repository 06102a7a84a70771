/** @file From bytes of pictures to what encoders take: normalised floats; and shifts of pictures. */
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
  /** Together, earlier pictures are given as `FLOW_GAIN` times how they changed to the next. */
  flow?: boolean;
}

/** From frame to frame a pixel changes about so many times less than it varies over the picture. */
export const FLOW_GAIN = 8;

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
   * @returns [n, height, width, 3 stack] or [n stack, height, width, 3], the caller's to dispose
   */
  read(rows: Frames, n: number): tf.Tensor4D {
    const { size, stack, together, flow } = this.o;
    const [height, width] = size;
    const [red, green, blue] = this.scale;
    const [redBias, greenBias, blueBias] = this.bias;
    const bytes = height * width * 3;
    const images = new Float32Array(n * stack * bytes);
    const step = this.channels;
    for (let picture = 0, from = 0; picture < n * stack; picture++) {
      const row = Math.floor(picture / stack);
      let to = together ? row * stack * bytes + (picture % stack) * 3 : from;
      for (const end = from + bytes; from < end; from += 3, to += step) {
        images[to] = rows[from] * red + redBias;
        images[to + 1] = rows[from + 1] * green + greenBias;
        images[to + 2] = rows[from + 2] * blue + blueBias;
      }
    }
    if (flow === true && together) {
      const newest = step - 3;
      for (let i = 0; i < images.length; i += step) {
        for (let j = i; j < i + newest; j++) images[j] = FLOW_GAIN * (images[j + 3] - images[j]);
      }
    }
    return tf.tensor4d(images, [(n * stack * 3) / this.channels, height, width, this.channels]);
  }
}

/**
 * Pictures [n, stack, height, width, 3] moved, those of a row alike; at the border pixels repeat.
 * @param shifts how far each row's are moved, [n, 2] pixels down and right
 */
export function shiftPictures(
  rows: Frames,
  { size, stack }: PictureSize & { stack: number },
  shifts: Int32Array,
): Uint8Array {
  const [height, width] = size;
  const line = width * 3;
  const moved = new Uint8Array(rows.length);
  for (let picture = 0; picture * height * line < rows.length; picture++) {
    const row = Math.floor(picture / stack);
    const [down, right] = [shifts[2 * row], shifts[2 * row + 1]];
    for (let y = 0; y < height; y++) {
      const to = (picture * height + y) * line;
      const from = (picture * height + max(0, min(height - 1, y - down))) * line;
      for (let x = 0; x < width; x++) {
        const [there, here] = [to + 3 * x, from + 3 * max(0, min(width - 1, x - right))];
        moved[there] = rows[here];
        moved[there + 1] = rows[here + 1];
        moved[there + 2] = rows[here + 2];
      }
    }
  }
  return moved;
}

/** Shifts for n rows, [n, 2], each of -most to most pixels. */
export function drawShifts(rng: Generator, n: number, most: number): Int32Array {
  return Int32Array.from({ length: 2 * n }, () => rng.integers(-most, most + 1));
}
