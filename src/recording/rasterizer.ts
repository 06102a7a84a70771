/**
 * @file The painter of pixel observations: shapes straight into bytes, RGB or grey, at any size. A pixel takes as much of
 * a shape's colour as the shape covers of its area, so that motion by a fraction of a pixel shows. Edges leave the area
 * to their right in `areas`, and a running sum along each row gives the coverage, as in font-rs
 * (https://github.com/raphlinus/font-rs). Only +, -, *, / and square roots: the same bytes on every machine.
 */
import {
  luma,
  resolveSize,
  type Color,
  type Frame,
  type FramePainter,
  type FrameSize,
  type PixelFormat,
  type Screen,
} from './painter.js';
import { circlePolygon, lineCorners } from './shapes.js';

const { abs, ceil, floor, max, min } = Math;

/** Coverage nearer to 0 or 1 than this is no visible difference: a sum's rounding errors stay below. */
const INVISIBLE = 1e-6;
/** Bytes that are written one by one. */
const SHORT_RUN = 3 * 32;
/** An edge whose ends differ less in height, in pixels, has nothing to its right. */
const LEVEL = 1e-12;

export interface RasterizerOptions extends FrameSize {
  /** 3 for RGB (the default), 1 for grey as `luma` has it. */
  channels?: 1 | 3;
}

/**
 * Paints into bytes `[height, width, channels]`, allocating nothing.
 *
 * @example
 * const rasterizer = new Rasterizer(env.screen, { width: 84, height: 84 });
 * env.draw(rasterizer);
 * const observation = rasterizer.pixels.slice();
 */
export class Rasterizer implements FramePainter {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly format: PixelFormat;
  /** The frame, `[height, width, channels]`; the next drawing goes to the same bytes. */
  readonly pixels: Uint8Array;
  /** A row's first differences of coverage, for all rows; all zero between shapes. */
  private readonly areas: Float64Array;
  private readonly stride: number;
  private readonly scaleX: number;
  private readonly scaleY: number;
  private readonly corners = new Float64Array(8);
  /** What of the frame the present shape may touch. */
  private left = 0;
  private right = 0;
  private red = 0;
  private green = 0;
  private blue = 0;

  constructor(screen: Screen, { width, height, channels = 3 }: RasterizerOptions = {}) {
    ({ width, height } = resolveSize(screen, { width, height }));
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.format = channels === 3 ? 'rgb24' : 'gray';
    this.pixels = new Uint8Array(height * width * channels);
    // An edge on the right border writes to the two cells after it.
    this.stride = width + 2;
    this.areas = new Float64Array(height * this.stride);
    this.scaleX = width / screen.width;
    this.scaleY = height / screen.height;
  }

  read(): Uint8Array {
    return this.pixels;
  }

  frame(): Frame {
    const { width, height, pixels, channels } = this;
    const data = channels === 3 ? pixels.slice() : new Uint8Array(3 * pixels.length);
    if (channels === 1) for (let i = 0; i < data.length; i++) data[i] = pixels[(i / 3) | 0];
    return { width, height, data };
  }

  clear(color: Color): void {
    this.dip(color);
    this.fillRun(0, this.width * this.height, 1);
  }

  polygon(points: ArrayLike<number>, color: Color, alpha = 1): void {
    this.dip(color);
    this.fill(points, this.scaleX, this.scaleY, 0, 0, alpha);
  }

  circle(x: number, y: number, radius: number, color: Color, alpha = 1): void {
    const { scaleX, scaleY } = this;
    const unit = circlePolygon(radius * max(scaleX, scaleY));
    this.dip(color);
    this.fill(unit, radius * scaleX, radius * scaleY, x * scaleX, y * scaleY, alpha);
  }

  line(x0: number, y0: number, x1: number, y1: number, width: number, color: Color, alpha = 1): void {
    lineCorners(x0, y0, x1, y1, width, this.corners);
    this.polygon(this.corners, color, alpha);
  }

  rectangle(x: number, y: number, width: number, height: number, color: Color, alpha = 1): void {
    const { scaleX, scaleY } = this;
    const left = max(0, min(x, x + width) * scaleX);
    const right = min(this.width, max(x, x + width) * scaleX);
    const top = max(0, min(y, y + height) * scaleY);
    const bottom = min(this.height, max(y, y + height) * scaleY);
    if (!(left < right && top < bottom)) return;
    this.dip(color);
    // Columns between `first` and `last` are covered from side to side.
    const first = ceil(left);
    const last = floor(right);
    for (let row = floor(top); row < bottom; row++) {
      const covered = alpha * (min(row + 1, bottom) - max(row, top));
      const start = row * this.width;
      if (last < first) {
        // Both sides are in the same column.
        this.fillRun(start + last, 1, covered * (right - left));
        continue;
      }
      if (left < first) this.fillRun(start + first - 1, 1, covered * (first - left));
      this.fillRun(start + first, last - first, covered);
      if (right > last) this.fillRun(start + last, 1, covered * (right - last));
    }
  }

  /** Takes a colour, as a brush. */
  private dip(color: Color): void {
    this.red = (color >> 16) & 255;
    this.green = (color >> 8) & 255;
    this.blue = color & 255;
    if (this.channels === 1) this.red = this.green = this.blue = luma(this.red, this.green, this.blue);
  }

  /** Fills the polygon of the points, scaled and moved to pixels. */
  private fill(
    points: ArrayLike<number>,
    scaleX: number,
    scaleY: number,
    moveX: number,
    moveY: number,
    alpha: number,
  ): void {
    const { width, height, areas, stride } = this;
    let left = Infinity;
    let right = -Infinity;
    let top = Infinity;
    let bottom = -Infinity;
    for (let i = 0; i + 1 < points.length; i += 2) {
      const x = points[i] * scaleX + moveX;
      const y = points[i + 1] * scaleY + moveY;
      // Not a number, or endless: nothing that could be drawn.
      if (!(abs(x) < 1e9 && abs(y) < 1e9)) return;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    const firstRow = max(0, floor(top));
    const lastRow = min(height, ceil(bottom));
    const firstColumn = max(0, floor(left));
    const lastColumn = min(width, ceil(right));
    if (firstRow >= lastRow || firstColumn >= lastColumn) return;
    this.left = max(0, left);
    this.right = min(width, right);

    const corners = points.length >> 1;
    let x0 = points[2 * corners - 2] * scaleX + moveX;
    let y0 = points[2 * corners - 1] * scaleY + moveY;
    for (let i = 0; i < corners; i++) {
      const x1 = points[2 * i] * scaleX + moveX;
      const y1 = points[2 * i + 1] * scaleY + moveY;
      if (y1 - y0 > LEVEL) this.clipEdge(x0, y0, x1, y1, 1);
      else if (y0 - y1 > LEVEL) this.clipEdge(x1, y1, x0, y0, -1);
      x0 = x1;
      y0 = y1;
    }

    for (let row = firstRow; row < lastRow; row++) {
      const cells = row * stride;
      const start = row * width;
      let covered = 0;
      for (let column = firstColumn; column < lastColumn;) {
        const from = column;
        covered += areas[cells + column];
        areas[cells + column] = 0;
        // No edge up to the next cell that is not zero: the coverage stays.
        for (column++; column < lastColumn && areas[cells + column] === 0;) column++;
        this.fillRun(start + from, column - from, alpha * min(1, abs(covered)));
      }
      areas[cells + lastColumn] = 0;
      areas[cells + lastColumn + 1] = 0;
    }
  }

  /** Cuts what an edge (y0 < y1) has above and below the frame; what it has beside the frame moves to the border. */
  private clipEdge(x0: number, y0: number, x1: number, y1: number, winding: number): void {
    const { height, left, right } = this;
    if (y1 <= 0 || y0 >= height) return;
    const slope = (x1 - x0) / (y1 - y0);
    if (y1 > height) {
      x1 = x0 + (height - y0) * slope;
      y1 = height;
    }
    if (y0 < 0) {
      x0 -= y0 * slope;
      y0 = 0;
    }
    const insideTop = max(left, min(right, x0));
    const insideBottom = max(left, min(right, x1));
    // Where the edge enters the frame and leaves it, on its way down.
    const yEnter = insideTop === x0 ? y0 : max(y0, min(y1, y0 + (insideTop - x0) / slope));
    const yLeave = insideBottom === x1 ? y1 : max(yEnter, min(y1, y0 + (insideBottom - x0) / slope));
    if (yEnter > y0) this.addEdge(insideTop, y0, insideTop, yEnter, winding);
    if (yLeave > yEnter) this.addEdge(insideTop, yEnter, insideBottom, yLeave, winding);
    if (y1 > yLeave) this.addEdge(insideBottom, yLeave, insideBottom, y1, winding);
  }

  /** Adds to `areas` what an edge inside the frame (y0 < y1) has to its right in each row. */
  private addEdge(x0: number, y0: number, x1: number, y1: number, winding: number): void {
    const { areas, stride } = this;
    const slope = (x1 - x0) / (y1 - y0);
    let x = x0;
    let y = y0;
    for (let row = floor(y0); row < y1; row++) {
      const yNext = min(row + 1, y1);
      const xNext = yNext === y1 ? x1 : max(this.left, min(this.right, x0 + (yNext - y0) * slope));
      const height = winding * (yNext - y);
      const left = min(x, xNext);
      const right = max(x, xNext);
      const first = floor(left);
      const columns = ceil(right) - first;
      const cell = row * stride + first;
      if (columns <= 1) {
        const beside = height * ((x + xNext) / 2 - first);
        areas[cell] += height - beside;
        areas[cell + 1] += beside;
      } else {
        // In each column the edge crosses, the height it has gained so far; at its ends, triangles.
        const perColumn = height / (right - left);
        const inFirst = 1 - (left - first);
        const inLast = right - (first + columns - 1);
        const firstArea = 0.5 * perColumn * inFirst * inFirst;
        const lastArea = 0.5 * perColumn * inLast * inLast;
        areas[cell] += firstArea;
        if (columns === 2) {
          areas[cell + 1] += height - firstArea - lastArea;
        } else {
          areas[cell + 1] += perColumn * (inFirst + 0.5) - firstArea;
          for (let i = 2; i < columns - 1; i++) areas[cell + i] += perColumn;
          areas[cell + columns - 1] += perColumn * (inLast + 0.5) - lastArea;
        }
        areas[cell + columns] += lastArea;
      }
      x = xNext;
      y = yNext;
    }
  }

  /** Blends the colour into `count` pixels from `start`. */
  private fillRun(start: number, count: number, opacity: number): void {
    if (opacity < INVISIBLE || count <= 0) return;
    const { pixels, channels, red, green, blue } = this;
    const from = start * channels;
    const end = from + count * channels;
    if (opacity > 1 - INVISIBLE) {
      if (red === green && green === blue) {
        pixels.fill(red + 0.5, from, end);
        return;
      }
      const written = min(end, from + SHORT_RUN);
      for (let i = from; i < written; i += 3) {
        pixels[i] = red;
        pixels[i + 1] = green;
        pixels[i + 2] = blue;
      }
      // Longer runs double what is there: copies are faster than bytes.
      for (let i = written; i < end; i += i - from) pixels.copyWithin(i, from, min(i, from + end - i));
      return;
    }
    const rest = 1 - opacity;
    if (channels === 1) {
      const added = red * opacity + 0.5;
      for (let i = from; i < end; i++) pixels[i] = pixels[i] * rest + added;
      return;
    }
    const [addedRed, addedGreen, addedBlue] = [
      red * opacity + 0.5,
      green * opacity + 0.5,
      blue * opacity + 0.5,
    ];
    for (let i = from; i < end; i += 3) {
      pixels[i] = pixels[i] * rest + addedRed;
      pixels[i + 1] = pixels[i + 1] * rest + addedGreen;
      pixels[i + 2] = pixels[i + 2] * rest + addedBlue;
    }
  }
}
