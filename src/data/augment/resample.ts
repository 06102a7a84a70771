/**
 * @file Resizing as Pillow does it, bit for bit: a horizontal, then a vertical convolution whose filter widens when an
 * image shrinks (so nothing aliases), with weights in fixed point and 8 bits in between. The weights depend on the
 * lengths alone, so they are computed once for each length of a crop.
 */
const { abs, imul, max, min, trunc } = Math;

/** Fraction bits of a weight: 32 less 8 of a pixel, less 2 as weights may be negative or sum to more than 1. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

export type Interpolation = 'bilinear' | 'bicubic';

interface Filter {
  /** Half of its width, in pixels. */
  support: number;
  weight: (distance: number) => number;
}

const FILTERS: Record<Interpolation, Filter> = {
  bilinear: { support: 1, weight: (x) => (abs(x) < 1 ? 1 - abs(x) : 0) },
  // Keys's cubic convolution with a = -0.5.
  bicubic: {
    support: 2,
    weight: (signed) => {
      const x = abs(signed);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
    },
  },
};

/** Which inputs, with what weight, make each output along one axis. */
interface Taps {
  /** Inputs an output. */
  count: number;
  /** [outputs], the first input. */
  starts: Int32Array;
  /** [outputs, count] */
  weights: Int32Array;
}

function computeTaps(inputs: number, outputs: number, filter: Filter): Taps {
  const scale = inputs / outputs;
  const stretch = max(1, scale);
  const support = filter.support * stretch;
  const windows = Array.from({ length: outputs }, (_, output) => {
    const center = (output + 0.5) * scale;
    return {
      center,
      first: trunc(max(0, center - support + 0.5)),
      end: min(inputs, trunc(center + support + 0.5)),
    };
  });
  // All windows get as many taps, at least 4 (see resizeRows4), of weight 0 beyond their own; those that would reach
  // over the right edge start earlier.
  const count = min(inputs, max(4, ...windows.map(({ first, end }) => end - first)));
  const starts = Int32Array.from(windows, ({ first }) => min(first, inputs - count));
  const weights = new Int32Array(outputs * count);
  windows.forEach(({ center, first, end }, output) => {
    const exact: number[] = [];
    for (let i = first; i < end; i++) exact.push(filter.weight((i - center + 0.5) * (1 / stretch)));
    const total = exact.reduce((sum, weight) => sum + weight, 0);
    exact.forEach((weight, i) => {
      const fixed = (weight / total) * (1 << PRECISION_BITS);
      weights[output * count + first - starts[output] + i] = trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    });
  });
  return { count, starts, weights };
}

/** Resizes crops of images of one size to another size. Reuses its memory: nothing is allocated for an image. */
export class Resampler {
  private readonly filter: Filter;
  /** By the length of a crop. */
  private readonly taps: { x: Taps[]; y: Taps[] } = { x: [], y: [] };
  /** [crop height, output width, 3], between the two passes. */
  private readonly between: Uint8ClampedArray;

  /** @param sourceSize [height, width] of whole images; `size`: of what comes out. */
  constructor(
    private readonly sourceSize: readonly [number, number],
    private readonly size: readonly [number, number],
    interpolation: Interpolation,
  ) {
    this.filter = FILTERS[interpolation];
    this.between = new Uint8ClampedArray(sourceSize[0] * size[1] * 3);
  }

  /** Writes the crop of the image that starts at `source[offset]`, resized, to `out` [height, width, 3]. */
  resize(
    source: Uint8Array,
    offset: number,
    [top, left, height, width]: readonly number[],
    out: Uint8ClampedArray,
  ): void {
    const [outHeight, outWidth] = this.size;
    const stride = this.sourceSize[1] * 3;
    const x = (this.taps.x[width] ??= computeTaps(width, outWidth, this.filter));
    const y = (this.taps.y[height] ??= computeTaps(height, outHeight, this.filter));
    const start = offset + top * stride + left * 3;
    if (x.count === 4) resizeRows4(source, start, stride, height, x, this.between);
    else resizeRows(source, start, stride, height, x, this.between);
    if (y.count === 4) resizeColumns4(this.between, outWidth * 3, y, out);
    else resizeColumns(this.between, outWidth * 3, y, out);
  }
}

function resizeRows(
  source: Uint8Array,
  start: number,
  stride: number,
  height: number,
  { count, starts, weights }: Taps,
  out: Uint8ClampedArray,
): void {
  const outStride = starts.length * 3;
  for (let x = 0; x < starts.length; x++) {
    for (let y = 0; y < height; y++) {
      const from = start + y * stride + starts[x] * 3;
      let [red, green, blue] = [HALF, HALF, HALF];
      for (let tap = 0; tap < count; tap++) {
        const weight = weights[x * count + tap];
        red += imul(weight, source[from + tap * 3]);
        green += imul(weight, source[from + tap * 3 + 1]);
        blue += imul(weight, source[from + tap * 3 + 2]);
      }
      const to = y * outStride + x * 3;
      out[to] = red >> PRECISION_BITS;
      out[to + 1] = green >> PRECISION_BITS;
      out[to + 2] = blue >> PRECISION_BITS;
    }
  }
}

const sum4 = (
  a: number,
  first: number,
  b: number,
  second: number,
  c: number,
  third: number,
  d: number,
  fourth: number,
): number =>
  (imul(a, first) + imul(b, second) + imul(c, third) + imul(d, fourth) + HALF) >> PRECISION_BITS;

/** `resizeRows` for enlargement, which is what most crops need: twice as fast with its loops unrolled. */
function resizeRows4(
  source: Uint8Array,
  start: number,
  stride: number,
  height: number,
  { starts, weights }: Taps,
  out: Uint8ClampedArray,
): void {
  const outputs = starts.length;
  const outStride = outputs * 3;
  for (let x = 0; x < outputs; x++) {
    const a = weights[x * 4];
    const b = weights[x * 4 + 1];
    const c = weights[x * 4 + 2];
    const d = weights[x * 4 + 3];
    let i = start + starts[x] * 3;
    let to = x * 3;
    for (let y = 0; y < height; y++, i += stride, to += outStride) {
      out[to] = sum4(a, source[i], b, source[i + 3], c, source[i + 6], d, source[i + 9]);
      out[to + 1] = sum4(a, source[i + 1], b, source[i + 4], c, source[i + 7], d, source[i + 10]);
      out[to + 2] = sum4(a, source[i + 2], b, source[i + 5], c, source[i + 8], d, source[i + 11]);
    }
  }
}

function resizeColumns(
  source: Uint8ClampedArray,
  stride: number,
  { count, starts, weights }: Taps,
  out: Uint8ClampedArray,
): void {
  for (let y = 0; y < starts.length; y++) {
    const from = starts[y] * stride;
    for (let i = 0; i < stride; i++) {
      let sum = HALF;
      for (let tap = 0; tap < count; tap++) sum += imul(weights[y * count + tap], source[from + tap * stride + i]);
      out[y * stride + i] = sum >> PRECISION_BITS;
    }
  }
}

function resizeColumns4(
  source: Uint8ClampedArray,
  stride: number,
  { starts, weights }: Taps,
  out: Uint8ClampedArray,
): void {
  for (let y = 0, to = 0; y < starts.length; y++) {
    const a = weights[y * 4];
    const b = weights[y * 4 + 1];
    const c = weights[y * 4 + 2];
    const d = weights[y * 4 + 3];
    const end = (starts[y] + 1) * stride;
    for (let i = starts[y] * stride; i < end; i++, to++) {
      out[to] = sum4(a, source[i], b, source[i + stride], c, source[i + 2 * stride], d, source[i + 3 * stride]);
    }
  }
}
