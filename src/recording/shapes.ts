/** @file Circles and lines as polygons, which is what painters fill. */

const { PI, sqrt } = Math;

/** Between the polygon and the circle, in pixels. */
const TOLERANCE = 0.02;
const MAX_CORNERS = 512;

/** By the logarithm of the number of corners, from 2^3. */
const POLYGONS: Float64Array[] = [];

/**
 * The unit circle as corners x0, y0, x1, y1, ..., as many as one of `radius` pixels needs, and with exactly its area.
 * The same array for the same count: not to be written to.
 */
export function circlePolygon(radius: number): Float64Array {
  // The middle of a side of n corners is radius * (pi / n)^2 / 2 inside the circle.
  const needed = PI * sqrt(radius / (2 * TOLERANCE));
  let i = 0;
  for (let corners = 8; corners < needed && corners < MAX_CORNERS; corners *= 2) i++;
  while (POLYGONS.length <= i) POLYGONS.push(equalArea(directions(2 ** (3 + POLYGONS.length))));
  return POLYGONS[i];
}

/** The corners of a regular polygon, by halving angles: square roots are exact on every machine, sines are not. */
function directions(count: number): Float64Array {
  if (count === 4) return Float64Array.of(1, 0, 0, 1, -1, 0, 0, -1);
  const half = directions(count / 2);
  const points = new Float64Array(2 * count);
  for (let i = 0; i < count / 2; i++) {
    const [x0, y0] = [half[2 * i], half[2 * i + 1]];
    const next = (2 * i + 2) % count;
    const [x, y] = [x0 + half[next], y0 + half[next + 1]];
    const length = sqrt(x * x + y * y);
    points.set([x0, y0, x / length, y / length], 4 * i);
  }
  return points;
}

/** Moves the corners out a little, so that the polygon has the area pi. */
function equalArea(points: Float64Array): Float64Array {
  const corners = points.length / 2;
  const area = (corners / 2) * (points[0] * points[3] - points[1] * points[2]);
  const stretch = sqrt(PI / area);
  return points.map((value) => value * stretch);
}

/** Writes the four corners of a line with flat ends to `corners`. */
export function lineCorners(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  width: number,
  corners: Float64Array,
): void {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const half = width / 2 / sqrt(dx * dx + dy * dy);
  corners[0] = x0 - dy * half;
  corners[1] = y0 + dx * half;
  corners[2] = x0 + dy * half;
  corners[3] = y0 - dx * half;
  corners[4] = x1 + dy * half;
  corners[5] = y1 - dx * half;
  corners[6] = x1 - dy * half;
  corners[7] = y1 + dx * half;
}
