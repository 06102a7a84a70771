/**
 * @file Gaussian blur as Pillow does it, bit for bit: three box blurs along each axis, each rounded to 8 bits, whose
 * box has fractional edges (Gwosdek et al. 2011, "Theoretical Foundations of Gaussian Convolution by Extended Box
 * Filtering"). A line's three passes run in a small buffer whose ends repeat the edge pixels.
 */
const { floor, fround, imul, sqrt } = Math;

const PASSES = 3;
/** Box weights have 24 fraction bits: 255 times all of them just fits 32. */
const ONE = 1 << 24;
const HALF = 1 << 23;

const IDENTITY = Uint8ClampedArray.from({ length: 256 }, (_, value) => value);

/** The half width of the box, in pixels, whose three passes have deviation `sigma`; in 32-bit floats as in Pillow. */
function boxRadius(sigma: number): number {
  const variance = fround(fround(fround(sigma) * fround(sigma)) / PASSES);
  const length = fround(sqrt(12 * variance + 1));
  const whole = floor((length - 1) / 2);
  const next = (whole + 1) * (whole + 1);
  const rest = fround(
    fround((2 * whole + 1) * fround(whole * (whole + 1) - fround(3 * variance))) / fround(6 * fround(variance - next)),
  );
  return fround(whole + rest);
}

/** Blurs images of one size in place. */
export class GaussianBlur {
  private from = new Uint8Array(0);
  private to = new Uint8Array(0);

  /** @param size [height, width] */
  constructor(private readonly size: readonly [number, number]) {}

  /**
   * Blurs `table[pixels]`.
   * @param table 256 entries, applied to what is read
   * @param sigma standard deviation in pixels
   */
  apply(pixels: Uint8ClampedArray, table: Uint8ClampedArray, sigma: number): void {
    const radius = boxRadius(sigma);
    const whole = floor(radius);
    const inner = floor(fround(ONE / fround(fround(radius * 2) + 1)));
    const outer = floor((ONE - (whole * 2 + 1) * inner) / 2);
    const [height, width] = this.size;
    const needed = Math.max(height, width) + 2 * (whole + 1);
    if (this.from.length < needed) [this.from, this.to] = [new Uint8Array(needed), new Uint8Array(needed)];
    const stride = width * 3;
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < 3; c++) this.line(pixels, table, y * stride + c, 3, width, whole, inner, outer);
    }
    for (let i = 0; i < stride; i++) this.line(pixels, IDENTITY, i, stride, height, whole, inner, outer);
  }

  private line(
    pixels: Uint8ClampedArray,
    table: Uint8ClampedArray,
    start: number,
    step: number,
    length: number,
    radius: number,
    inner: number,
    outer: number,
  ): void {
    const margin = radius + 1;
    let { from, to } = this;
    for (let i = 0, at = start; i < length; i++, at += step) from[margin + i] = table[pixels[at]];
    for (let pass = 0; pass < PASSES; pass++) {
      repeatEdges(from, length, margin);
      if (radius === 0) smallBox(from, to, length, inner, outer);
      else box(from, to, length, radius, inner, outer);
      [from, to] = [to, from];
    }
    for (let i = 0, at = start; i < length; i++, at += step) pixels[at] = from[margin + i];
  }
}

function repeatEdges(line: Uint8Array, length: number, margin: number): void {
  const [first, last] = [line[margin], line[margin + length - 1]];
  for (let i = 0; i < margin; i++) {
    line[i] = first;
    line[margin + length + i] = last;
  }
}

function box(
  from: Uint8Array,
  to: Uint8Array,
  length: number,
  radius: number,
  inner: number,
  outer: number,
): void {
  let sum = 0;
  for (let i = 1; i <= 2 * radius + 1; i++) sum += from[i];
  for (let i = 0; i < length; i++) {
    const right = from[i + 2 * radius + 2];
    to[radius + 1 + i] = (imul(sum, inner) + imul(from[i] + right, outer) + HALF) >>> 24;
    sum += right - from[i + 1];
  }
}

/** `box` of radius 0: a pixel and parts of its neighbours. */
function smallBox(from: Uint8Array, to: Uint8Array, length: number, inner: number, outer: number): void {
  let left = from[0];
  let middle = from[1];
  for (let i = 1; i <= length; i++) {
    const right = from[i + 1];
    to[i] = (imul(middle, inner) + imul(left + right, outer) + HALF) >>> 24;
    left = middle;
    middle = right;
  }
}
