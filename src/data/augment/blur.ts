/**
 * @file Gaussian blur as Pillow does it, bit for bit: three box blurs along each axis, each rounded to 8 bits, whose
 * box has fractional edges (Gwosdek et al. 2011, "Theoretical Foundations of Gaussian Convolution by Extended Box
 * Filtering"). Small radii, which are what is drawn, keep a line's three passes in registers.
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
  private one = new Uint8Array(0);
  private other = new Uint8Array(0);

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
    if (this.one.length < needed) {
      this.one = new Uint8Array(needed);
      this.other = new Uint8Array(needed);
    }
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
    // Up to a deviation of 1.41 the radius is 0, up to 2.44 it is 1.
    if (radius === 0 && length >= 3) boxesOfRadius0(pixels, table, start, step, length, inner, outer);
    else if (radius === 1 && length >= 6) boxesOfRadius1(pixels, table, start, step, length, inner, outer);
    else this.boxes(pixels, table, start, step, length, radius, inner, outer);
  }

  private boxes(
    pixels: Uint8ClampedArray,
    table: Uint8ClampedArray,
    start: number,
    step: number,
    length: number,
    radius: number,
    inner: number,
    outer: number,
  ): void {
    const { one, other } = this;
    const margin = radius + 1;
    for (let i = 0, at = start; i < length; i++, at += step) one[margin + i] = table[pixels[at]];
    box(one, other, length, radius, inner, outer);
    box(other, one, length, radius, inner, outer);
    box(one, other, length, radius, inner, outer);
    for (let i = 0, at = start; i < length; i++, at += step) pixels[at] = other[margin + i];
  }
}

/** One pass over a line that begins at `from[radius + 1]`; its edges are repeated before and after it. */
function box(
  from: Uint8Array,
  to: Uint8Array,
  length: number,
  radius: number,
  inner: number,
  outer: number,
): void {
  const margin = radius + 1;
  const first = from[margin];
  const last = from[margin + length - 1];
  for (let i = 0; i < margin; i++) {
    from[i] = first;
    from[margin + length + i] = last;
  }
  let left = first;
  let sum = 0;
  for (let i = 1; i <= 2 * radius + 1; i++) sum += from[i];
  for (let i = margin; i < margin + length; i++) {
    const right = from[i + margin];
    to[i] = (imul(sum, inner) + imul(left + right, outer) + HALF) >>> 24;
    left = from[i - radius];
    sum += right - left;
  }
}

/** What a box of radius 0 makes of a pixel and its neighbours. */
const mix3 = (a: number, b: number, c: number, inner: number, outer: number): number =>
  (imul(b, inner) + imul(a + c, outer) + HALF) >>> 24;

/** What a box of radius 1 makes of five pixels. */
const mix5 = (a: number, b: number, c: number, d: number, e: number, inner: number, outer: number): number =>
  (imul(b + c + d, inner) + imul(a + e, outer) + HALF) >>> 24;

/**
 * Three passes of radius 0 at once, in place, in half the time of `box`. As pixel i enters (x), the passes put out the
 * pixels i - 1 (y), i - 2 (z) and i - 3; each pass repeats its own edges. Needs 3 pixels.
 */
function boxesOfRadius0(
  pixels: Uint8ClampedArray,
  table: Uint8ClampedArray,
  start: number,
  step: number,
  length: number,
  inner: number,
  outer: number,
): void {
  const first = table[pixels[start]];
  let x0 = table[pixels[start + step]];
  let x1 = table[pixels[start + 2 * step]];
  let y0 = mix3(first, first, x0, inner, outer);
  let y1 = mix3(first, x0, x1, inner, outer);
  let z1 = mix3(y0, y0, y1, inner, outer);
  let z0 = z1;
  let to = start;
  for (let i = 3, at = start + 3 * step; i < length; i++, at += step, to += step) {
    const x = table[pixels[at]];
    const y = mix3(x0, x1, x, inner, outer);
    const z = mix3(y0, y1, y, inner, outer);
    pixels[to] = mix3(z0, z1, z, inner, outer);
    x0 = x1;
    x1 = x;
    y0 = y1;
    y1 = y;
    z0 = z1;
    z1 = z;
  }
  const y2 = mix3(x0, x1, x1, inner, outer);
  const z2 = mix3(y0, y1, y2, inner, outer);
  const z3 = mix3(y1, y2, y2, inner, outer);
  pixels[to] = mix3(z0, z1, z2, inner, outer);
  pixels[to + step] = mix3(z1, z2, z3, inner, outer);
  pixels[to + 2 * step] = mix3(z2, z3, z3, inner, outer);
}

/** `boxesOfRadius0` with radius 1: passes lag two pixels each. Needs 6 pixels. */
function boxesOfRadius1(
  pixels: Uint8ClampedArray,
  table: Uint8ClampedArray,
  start: number,
  step: number,
  length: number,
  inner: number,
  outer: number,
): void {
  const first = table[pixels[start]];
  const second = table[pixels[start + step]];
  let x0 = table[pixels[start + 2 * step]];
  let x1 = table[pixels[start + 3 * step]];
  let x2 = table[pixels[start + 4 * step]];
  let x3 = table[pixels[start + 5 * step]];
  let y0 = mix5(first, first, first, second, x0, inner, outer);
  let y1 = mix5(first, first, second, x0, x1, inner, outer);
  let y2 = mix5(first, second, x0, x1, x2, inner, outer);
  let y3 = mix5(second, x0, x1, x2, x3, inner, outer);
  let z2 = mix5(y0, y0, y0, y1, y2, inner, outer);
  let z3 = mix5(y0, y0, y1, y2, y3, inner, outer);
  let [z0, z1] = [z2, z2];
  let to = start;
  for (let i = 6, at = start + 6 * step; i < length; i++, at += step, to += step) {
    const x = table[pixels[at]];
    const y = mix5(x0, x1, x2, x3, x, inner, outer);
    const z = mix5(y0, y1, y2, y3, y, inner, outer);
    pixels[to] = mix5(z0, z1, z2, z3, z, inner, outer);
    x0 = x1;
    x1 = x2;
    x2 = x3;
    x3 = x;
    y0 = y1;
    y1 = y2;
    y2 = y3;
    y3 = y;
    z0 = z1;
    z1 = z2;
    z2 = z3;
    z3 = z;
  }
  const y4 = mix5(x0, x1, x2, x3, x3, inner, outer);
  const y5 = mix5(x1, x2, x3, x3, x3, inner, outer);
  const z4 = mix5(y0, y1, y2, y3, y4, inner, outer);
  const z5 = mix5(y1, y2, y3, y4, y5, inner, outer);
  const z6 = mix5(y2, y3, y4, y5, y5, inner, outer);
  const z7 = mix5(y3, y4, y5, y5, y5, inner, outer);
  pixels[to] = mix5(z0, z1, z2, z3, z4, inner, outer);
  pixels[to + step] = mix5(z1, z2, z3, z4, z5, inner, outer);
  pixels[to + 2 * step] = mix5(z2, z3, z4, z5, z6, inner, outer);
  pixels[to + 3 * step] = mix5(z3, z4, z5, z6, z7, inner, outer);
  pixels[to + 4 * step] = mix5(z4, z5, z6, z7, z7, inner, outer);
  pixels[to + 5 * step] = mix5(z5, z6, z7, z7, z7, inner, outer);
}
