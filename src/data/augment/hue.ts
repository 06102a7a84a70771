/**
 * @file Turning the hue as Pillow does: to 8-bit HSV and back. Pillow computes in 32-bit floats; hue and saturation of a
 * pixel depend on few small integers, so tables of its very results take the place of divisions.
 */
const { floor, fround, max } = Math;

/** The largest channel decides the sector of the hue. */
const BRANCHES = 3;
const TRIANGLE = 65536;

/**
 * Hue 0-255 for [branch, chroma, difference of the other two channels]. A chroma c has 2c + 1 differences, so its row
 * begins at c^2 and has its middle at c^2 + c.
 */
const HUE = new Uint8Array(BRANCHES * TRIANGLE);
/** [largest channel, chroma]: 8-bit saturation. */
const SATURATION = new Uint8Array(TRIANGLE);
/** 8-bit saturation as a 32-bit float in [0, 1]. */
const FRACTION = Float32Array.from({ length: 256 }, (_, value) => value / 255);

for (let chroma = 0; chroma < 256; chroma++) {
  for (let difference = -chroma; difference <= chroma; difference++) {
    // How far the two other channels are below the largest, relative to the chroma: one of them is 1.
    const one = fround((difference >= 0 ? chroma : chroma + difference) / max(1, chroma));
    const other = fround((difference >= 0 ? chroma - difference : chroma) / max(1, chroma));
    for (let branch = 0; branch < BRANCHES; branch++) {
      const sixths = fround(2 * branch + one - other);
      HUE[branch * TRIANGLE + chroma * chroma + chroma + difference] = fround((sixths / 6 + 1) % 1) * 255;
    }
  }
  for (let largest = chroma; largest < 256; largest++) {
    SATURATION[(largest << 8) | chroma] = fround(chroma / max(1, largest)) * 255;
  }
}

/**
 * For each 8-bit hue: where in a pixel the largest, the middle and the smallest channel go, and how far the middle one
 * is below the largest, relative to the saturation.
 */
const LARGEST_AT = new Uint8Array(256);
const MIDDLE_AT = new Uint8Array(256);
const SMALLEST_AT = new Uint8Array(256);
const DISTANCE = new Float32Array(256);
/** [largest, middle, smallest] in each sixth of the circle, from red. */
const PLACES = [
  [0, 1, 2],
  [1, 0, 2],
  [1, 2, 0],
  [2, 1, 0],
  [2, 0, 1],
  [0, 2, 1],
];
for (let hue = 0; hue < 256; hue++) {
  const position = (hue * 6) / 255;
  const sixth = floor(position);
  const fraction = fround(position - sixth);
  // In even sixths the middle channel rises, in odd ones it falls.
  DISTANCE[hue] = sixth % 2 === 0 ? 1 - fraction : fraction;
  [LARGEST_AT[hue], MIDDLE_AT[hue], SMALLEST_AT[hue]] = PLACES[sixth % 6];
}

/** The larger and the smaller of two bytes. */
const larger = (a: number, b: number): number => a - ((a - b) & ((a - b) >> 31));
const smaller = (a: number, b: number): number => b + ((a - b) & ((a - b) >> 31));

/**
 * Adds `shift` (-255 to 255, a full turn is 256) to the 8-bit hue of each pixel of `table[pixels]`. Without branches,
 * as what they would depend on differs from pixel to pixel: a wrong guess of the processor costs more than all the rest.
 * @param table 256 entries, applied to what is read
 */
export function shiftHue(pixels: Uint8ClampedArray, table: Uint8ClampedArray, shift: number): void {
  for (let i = 0; i < pixels.length; i += 3) {
    const red = table[pixels[i]];
    const green = table[pixels[i + 1]];
    const blue = table[pixels[i + 2]];
    const largest = larger(larger(red, green), blue);
    const chroma = largest - smaller(smaller(red, green), blue);
    // All bits set where red, or green, is not the largest.
    const notRed = (red - largest) >> 31;
    const notGreen = (green - largest) >> 31;
    const difference =
      (~notRed & (green - blue)) |
      (notRed & ~notGreen & (TRIANGLE + blue - red)) |
      (notRed & notGreen & (2 * TRIANGLE + red - green));
    const hue = (HUE[chroma * chroma + chroma + difference] + shift) & 255;
    const saturation = FRACTION[SATURATION[(largest << 8) | chroma]];
    pixels[i + LARGEST_AT[hue]] = largest;
    pixels[i + MIDDLE_AT[hue]] = (largest * (1 - saturation * DISTANCE[hue]) + 0.5) | 0;
    pixels[i + SMALLEST_AT[hue]] = (largest * (1 - saturation) + 0.5) | 0;
  }
}
