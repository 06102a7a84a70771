/**
 * @file The transforms of one image, equal to torchvision's on PIL images. What maps each byte by itself (brightness,
 * contrast, solarize) is not done to pixels but to a table of 256 entries that the next transform reads through; the
 * last reader turns bytes into normalised floats, mirrored if need be. So most of them cost next to nothing.
 */
import { GaussianBlur } from './blur.js';
import { shiftHue } from './hue.js';
import { Resampler, type Interpolation } from './resample.js';

const { floor, fround, max, min, trunc } = Math;

const IDENTITY = Uint8ClampedArray.from({ length: 256 }, (_, value) => value);

/** Luma of ITU-R 601-2 in 16 fraction bits, as Pillow's mode L. */
const luma = (red: number, green: number, blue: number): number =>
  (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;

/** Transforms one image at a time, of `size` [height, width]; all memory is allocated once. */
export class ImagePipeline {
  private readonly stored: Uint8ClampedArray;
  /** What each byte of `stored` stands for. */
  private readonly table = IDENTITY.slice();
  private mirrored = false;
  private readonly gaussian: GaussianBlur;
  private readonly resamplers: Partial<Record<Interpolation, Resampler>> = {};
  /** Of a factor, for all differences of two bytes. */
  private readonly scaled = new Float32Array(511);
  private readonly floats = new Float32Array(3 * 256);

  /**
   * @param sourceSize [height, width] of the images that are loaded
   * @param size [height, width] of the views
   */
  constructor(
    private readonly sourceSize: readonly [number, number],
    private readonly size: readonly [number, number],
  ) {
    this.stored = new Uint8ClampedArray(size[0] * size[1] * 3);
    this.gaussian = new GaussianBlur(size);
  }

  /** Begins with the box [top, left, height, width] of the image at `source[offset]`, resized (F.resized_crop). */
  loadResized(source: Uint8Array, offset: number, box: readonly number[], interpolation: Interpolation): void {
    this.begin();
    const resampler = (this.resamplers[interpolation] ??= new Resampler(
      this.sourceSize,
      this.size,
      interpolation,
    ));
    resampler.resize(source, offset, box, this.stored);
  }

  /**
   * Begins with a part of the image at `source[offset]` from row `top` and column `left`.
   * @param edge outside of the image are copies of its nearest pixel, instead of black
   */
  loadCropped(source: Uint8Array, offset: number, top: number, left: number, edge = false): void {
    this.begin();
    const [sourceHeight, sourceWidth] = this.sourceSize;
    const [height, width] = this.size;
    const { stored } = this;
    if (edge) {
      for (let y = top, to = 0; y < top + height; y++) {
        const row = offset + max(0, min(sourceHeight - 1, y)) * sourceWidth * 3;
        for (let x = left; x < left + width; x++, to += 3) {
          const from = row + max(0, min(sourceWidth - 1, x)) * 3;
          stored[to] = source[from];
          stored[to + 1] = source[from + 1];
          stored[to + 2] = source[from + 2];
        }
      }
      return;
    }
    for (let y = 0, to = 0; y < height; y++) {
      const inside = y + top >= 0 && y + top < sourceHeight;
      let from = offset + ((y + top) * sourceWidth + left) * 3;
      for (let x = left; x < left + width; x++, from += 3, to += 3) {
        const visible = inside && x >= 0 && x < sourceWidth;
        stored[to] = visible ? source[from] : 0;
        stored[to + 1] = visible ? source[from + 1] : 0;
        stored[to + 2] = visible ? source[from + 2] : 0;
      }
    }
  }

  /** F.adjust_brightness */
  brightness(factor: number): void {
    this.blendTable(0, factor);
  }

  /** F.adjust_contrast */
  contrast(factor: number): void {
    const { stored, table } = this;
    let sum = 0;
    for (let i = 0; i < stored.length; i += 3) {
      sum += luma(table[stored[i]], table[stored[i + 1]], table[stored[i + 2]]);
    }
    this.blendTable(floor(sum / (stored.length / 3) + 0.5), factor);
  }

  /** F.adjust_saturation */
  saturation(factor: number): void {
    const { stored, table, scaled } = this;
    const single = fround(factor);
    for (let i = 0; i < 511; i++) scaled[i] = single * (i - 255);
    for (let i = 0; i < stored.length; i += 3) {
      const red = table[stored[i]];
      const green = table[stored[i + 1]];
      const blue = table[stored[i + 2]];
      const grey = luma(red, green, blue);
      const middle = 255 - grey;
      stored[i] = fround(grey + scaled[middle + red]) | 0;
      stored[i + 1] = fround(grey + scaled[middle + green]) | 0;
      stored[i + 2] = fround(grey + scaled[middle + blue]) | 0;
    }
    this.resetTable();
  }

  /** F.adjust_hue: `turn` is in turns, -0.5 to 0.5. */
  hue(turn: number): void {
    shiftHue(this.stored, this.table, trunc(turn * 255));
    this.resetTable();
  }

  /** F.rgb_to_grayscale with three channels. */
  grayscale(): void {
    const { stored, table } = this;
    for (let i = 0; i < stored.length; i += 3) {
      const grey = luma(table[stored[i]], table[stored[i + 1]], table[stored[i + 2]]);
      stored[i] = stored[i + 1] = stored[i + 2] = grey;
    }
    this.resetTable();
  }

  /** PIL's ImageFilter.GaussianBlur; `sigma` in pixels. */
  blur(sigma: number): void {
    this.gaussian.apply(this.stored, this.table, sigma);
    this.resetTable();
  }

  /** F.solarize: inverts bytes of `threshold` and above. */
  solarize(threshold = 128): void {
    const { table } = this;
    for (let i = 0; i < 256; i++) if (table[i] >= threshold) table[i] = 255 - table[i];
  }

  /** F.equalize: spreads the histogram of each channel. */
  equalize(): void {
    const { stored, table } = this;
    for (let channel = 0; channel < 3; channel++) {
      const histogram = new Int32Array(256);
      for (let i = channel; i < stored.length; i += 3) histogram[table[stored[i]]]++;
      const last = histogram[histogram.findLastIndex((count) => count > 0)];
      const step = floor((stored.length / 3 - last) / 255);
      let seen = floor(step / 2);
      const spread = histogram.map((count, value) => {
        if (step === 0) return value;
        seen += count;
        return floor((seen - count) / step);
      });
      for (let i = channel; i < stored.length; i += 3) stored[i] = spread[table[stored[i]]];
    }
    this.resetTable();
  }

  /** F.hflip */
  flip(): void {
    this.mirrored = !this.mirrored;
  }

  /** The image as it is now, [height, width, 3]. */
  toBytes(): Uint8Array {
    const bytes = Float32Array.from({ length: 3 * 256 }, (_, i) => i & 255);
    const out = new Float32Array(this.stored.length);
    this.writeNormalized(bytes, out, 0);
    return Uint8Array.from(out);
  }

  /** Writes the image to `out[offset]`, [height, width, 3]; `normalization` is what `normalizationTable` makes. */
  writeNormalized(normalization: Float32Array, out: Float32Array, offset: number): void {
    const { table, floats } = this;
    for (let i = 0; i < 256; i++) {
      floats[i] = normalization[table[i]];
      floats[i + 256] = normalization[table[i] + 256];
      floats[i + 512] = normalization[table[i] + 512];
    }
    const { stored, mirrored } = this;
    const stride = this.size[1] * 3;
    const step = mirrored ? -3 : 3;
    for (let row = 0; row < stored.length; row += stride) {
      let to = offset + row + (mirrored ? stride - 3 : 0);
      for (let from = row; from < row + stride; from += 3, to += step) {
        out[to] = floats[stored[from]];
        out[to + 1] = floats[stored[from + 1] + 256];
        out[to + 2] = floats[stored[from + 2] + 512];
      }
    }
  }

  private begin(): void {
    this.resetTable();
    this.mirrored = false;
  }

  private resetTable(): void {
    this.table.set(IDENTITY);
  }

  /** PIL's Image.blend with a flat image, in 32-bit floats: beyond it for factors above 1. */
  private blendTable(flat: number, factor: number): void {
    const { table } = this;
    const single = fround(factor);
    for (let i = 0; i < 256; i++) table[i] = trunc(fround(flat + fround(single * (table[i] - flat))));
  }
}
