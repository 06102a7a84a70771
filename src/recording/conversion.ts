/** @file The bytes of a frame in the orders that video encoders take. */
import type { PixelFormat } from './painter.js';

/** A frame as RGBA: itself, or `rgba` filled with it. */
export function toRgba(frame: Uint8Array, format: PixelFormat, rgba: Uint8Array): Uint8Array {
  if (format === 'rgba') return frame;
  const step = { rgb24: 3, bgra: 4, gray: 1 }[format];
  const [red, green, blue] = { rgb24: [0, 1, 2], bgra: [2, 1, 0], gray: [0, 0, 0] }[format];
  for (let from = 0, to = 0; to < rgba.length; from += step, to += 4) {
    rgba[to] = frame[from + red];
    rgba[to + 1] = frame[from + green];
    rgba[to + 2] = frame[from + blue];
  }
  return rgba;
}

/**
 * Frames as yuv420p by BT.709 in TV range (Y from 16 to 235), which is 3 bytes for 2 pixels instead of 8: to send RGBA to an
 * encoder and have it converted there takes longer than this. What did not change since the frame before is not
 * computed again.
 */
export class Yuv420Converter {
  private readonly pixels: Uint32Array;
  private readonly rgba: Uint8Array;
  private readonly yuv: Uint8Array;
  private fresh = true;

  /** @param width in pixels, even, as is the height */
  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly format: PixelFormat,
  ) {
    this.pixels = new Uint32Array(width * height);
    this.rgba = new Uint8Array(4 * width * height);
    this.yuv = new Uint8Array((3 * width * height) / 2);
  }

  /**
   * @param frame `[height, width]` in the format
   * @returns Y of every pixel, then U and then V of every 2 x 2 pixels (their mean's); overwritten by the next call
   */
  convert(frame: Uint8Array): Uint8Array {
    const { width, height, pixels, yuv, fresh } = this;
    const rgba = toRgba(frame, this.format, this.rgba);
    const now = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
    this.fresh = false;
    let u = width * height;
    let v = u + u / 4;
    for (let y = 0; y < height; y += 2) {
      let upper = y * width;
      let lower = upper + width;
      for (const end = lower; upper < end; upper += 2, lower += 2, u++, v++) {
        const p = now[upper];
        const q = now[upper + 1];
        const r = now[lower];
        const s = now[lower + 1];
        if (
          p === pixels[upper] &&
          q === pixels[upper + 1] &&
          r === pixels[lower] &&
          s === pixels[lower + 1] &&
          !fresh
        ) {
          continue;
        }
        pixels[upper] = p;
        pixels[upper + 1] = q;
        pixels[lower] = r;
        pixels[lower + 1] = s;
        yuv[upper] = luma(p);
        yuv[upper + 1] = luma(q);
        yuv[lower] = luma(r);
        yuv[lower + 1] = luma(s);
        const red = (p & 255) + (q & 255) + (r & 255) + (s & 255);
        const green = ((p >>> 8) & 255) + ((q >>> 8) & 255) + ((r >>> 8) & 255) + ((s >>> 8) & 255);
        const blue = ((p >>> 16) & 255) + ((q >>> 16) & 255) + ((r >>> 16) & 255) + ((s >>> 16) & 255);
        yuv[u] = (NEUTRAL - 6596 * red - 22188 * green + 28784 * blue) >> 18;
        yuv[v] = (NEUTRAL + 28784 * red - 26145 * green - 2639 * blue) >> 18;
      }
    }
    return yuv;
  }
}

/** 128 and a half for rounding, of four pixels in units of 2^-16. */
const NEUTRAL = (128 << 18) + (1 << 17);

/** Y of a pixel of four bytes, red first: weights .2126, .7152, .0722 times 219 / 255, in units of 2^-16. */
function luma(pixel: number): number {
  const weighted = 11966 * (pixel & 255) + 40254 * ((pixel >>> 8) & 255) + 4064 * ((pixel >>> 16) & 255);
  return (weighted + (16 << 16) + (1 << 15)) >> 16;
}
