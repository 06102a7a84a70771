/** @file A drawing as numbers, to be painted elsewhere: some kilobytes, whatever the size of the frame. */
import type { Color, Painter } from './painter.js';

const [CLEAR, POLYGON, RECTANGLE, CIRCLE, LINE] = [1, 2, 3, 4, 5];

/** A painter that only remembers; `take` gives what was drawn, `replay` draws it. */
export class DisplayList implements Painter {
  private numbers = new Float64Array(256);
  private length = 0;

  /** What has been drawn since the last call, as numbers of its own. */
  take(): Float64Array<ArrayBuffer> {
    const taken = this.numbers.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  clear(color: Color): void {
    // Whatever was drawn before is covered now.
    this.length = 0;
    this.add(CLEAR, color);
  }

  polygon(points: ArrayLike<number>, color: Color, alpha = 1): void {
    this.add(POLYGON, color, alpha, points.length);
    this.reserve(points.length);
    this.numbers.set(points, this.length);
    this.length += points.length;
  }

  rectangle(x: number, y: number, width: number, height: number, color: Color, alpha = 1): void {
    this.add(RECTANGLE, x, y, width, height, color, alpha);
  }

  circle(x: number, y: number, radius: number, color: Color, alpha = 1): void {
    this.add(CIRCLE, x, y, radius, color, alpha);
  }

  line(x0: number, y0: number, x1: number, y1: number, width: number, color: Color, alpha = 1): void {
    this.add(LINE, x0, y0, x1, y1, width, color, alpha);
  }

  private add(...numbers: number[]): void {
    this.reserve(numbers.length);
    for (const number of numbers) this.numbers[this.length++] = number;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.numbers.length) return;
    const larger = new Float64Array(2 * (this.length + count));
    larger.set(this.numbers.subarray(0, this.length));
    this.numbers = larger;
  }
}

/** Draws what a `DisplayList` took. @throws Error for numbers that are no drawing. */
export function replay(numbers: Float64Array, painter: Painter): void {
  let at = 0;
  const next = () => numbers[at++];
  while (at < numbers.length) {
    const shape = next();
    if (shape === CLEAR) painter.clear(next());
    else if (shape === RECTANGLE) painter.rectangle(next(), next(), next(), next(), next(), next());
    else if (shape === CIRCLE) painter.circle(next(), next(), next(), next(), next());
    else if (shape === LINE) painter.line(next(), next(), next(), next(), next(), next(), next());
    else if (shape === POLYGON) {
      const [color, alpha, length] = [next(), next(), next()];
      painter.polygon(numbers.subarray(at, at + length), color, alpha);
      at += length;
    } else throw new Error(`A display list has no shape ${shape} (at ${at - 1} of ${numbers.length}).`);
  }
}
