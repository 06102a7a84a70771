/**
 * @file Turning the hue as Pillow does: to 8-bit HSV and back. Pillow computes in 32-bit floats; hue and saturation of a
 * pixel depend on few small integers, so tables of its very results take the place of divisions.
 */
const { floor, fround, max, min } = Math;

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
/** [largest channel, chroma]: the smallest channel after going to HSV and back. */
const SMALLEST = new Uint8Array(TRIANGLE);
/** 8-bit saturation as a 32-bit float in [0, 1]. */
const SATURATION_FRACTION = Float32Array.from({ length: 256 }, (_, value) => fround(value) / 255);

/** C's round() of a positive number. */
const round = (x: number) => floor(x + 0.5);

for (let chroma = 1; chroma < 256; chroma++) {
  for (let difference = -chroma; difference <= chroma; difference++) {
    // How far the two other channels are below the largest, relative to the chroma: one of them is 1.
    const one = fround((difference >= 0 ? chroma : chroma + difference) / chroma);
    const other = fround((difference >= 0 ? chroma - difference : chroma) / chroma);
    for (let branch = 0; branch < BRANCHES; branch++) {
      const sixths = fround(2 * branch + one - other);
      HUE[branch * TRIANGLE + chroma * chroma + chroma + difference] = fround((sixths / 6 + 1) % 1) * 255;
    }
  }
  for (let largest = chroma; largest < 256; largest++) {
    const entry = (largest << 8) | chroma;
    SATURATION[entry] = fround(chroma / largest) * 255;
    SMALLEST[entry] = round(largest * (1 - SATURATION_FRACTION[SATURATION[entry]]));
  }
}

/** For each 8-bit hue: the sixth of the circle it is in, and how far into it. */
const SIXTH = new Uint8Array(256);
const FRACTION = new Float32Array(256);
for (let hue = 0; hue < 256; hue++) {
  const position = (hue * 6) / 255;
  SIXTH[hue] = floor(position);
  FRACTION[hue] = position - SIXTH[hue];
}

/**
 * Adds `shift` (-255 to 255, a full turn is 256) to the 8-bit hue of each pixel of `table[pixels]`.
 * @param table 256 entries, applied to what is read
 */
export function shiftHue(pixels: Uint8ClampedArray, table: Uint8ClampedArray, shift: number): void {
  for (let i = 0; i < pixels.length; i += 3) {
    const red = table[pixels[i]];
    const green = table[pixels[i + 1]];
    const blue = table[pixels[i + 2]];
    const largest = max(red, green, blue);
    const chroma = largest - min(red, green, blue);
    const entry = (largest << 8) | chroma;
    const saturation = SATURATION[entry];
    if (saturation === 0) {
      pixels[i] = pixels[i + 1] = pixels[i + 2] = largest;
      continue;
    }
    let at = chroma * chroma + chroma;
    if (red === largest) at += green - blue;
    else if (green === largest) at += TRIANGLE + blue - red;
    else at += 2 * TRIANGLE + red - green;
    const hue = (HUE[at] + shift) & 255;
    const sixth = SIXTH[hue];
    const smallest = SMALLEST[entry];
    // In even sixths the middle channel rises, in odd ones it falls; Pillow rounds the two differently.
    const distance =
      (sixth & 1) === 0
        ? SATURATION_FRACTION[saturation] * (1 - FRACTION[hue])
        : fround(SATURATION_FRACTION[saturation] * FRACTION[hue]);
    const middle = (largest * (1 - distance) + 0.5) | 0;
    switch (sixth) {
      case 1:
        set(pixels, i, middle, largest, smallest);
        break;
      case 2:
        set(pixels, i, smallest, largest, middle);
        break;
      case 3:
        set(pixels, i, smallest, middle, largest);
        break;
      case 4:
        set(pixels, i, middle, smallest, largest);
        break;
      case 5:
        set(pixels, i, largest, smallest, middle);
        break;
      default: // 0, and 6 for the hue 255
        set(pixels, i, largest, middle, smallest);
    }
  }
}

function set(pixels: Uint8ClampedArray, i: number, red: number, green: number, blue: number): void {
  pixels[i] = red;
  pixels[i + 1] = green;
  pixels[i + 2] = blue;
}
