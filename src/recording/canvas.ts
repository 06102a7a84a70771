/**
 * @file The painter of videos and pictures for people: a canvas. `@napi-rs/canvas` frees the bytes that it gave only when
 * the event loop turns: many frames in one synchronous loop fill the memory. Where that may happen, as in
 * `Env.render`, the Rasterizer paints.
 */
import { createRequire } from 'node:module';
import { UserError } from '../errors.js';
import { chooseCanvas } from './choices.js';
import {
  resolveSize,
  type Color,
  type Frame,
  type FramePainter,
  type FrameSize,
  type PixelFormat,
  type Screen,
} from './painter.js';
import { Rasterizer } from './rasterizer.js';
import { lineCorners } from './shapes.js';

/** What is used of a 2d context. */
interface Context {
  fillStyle: unknown;
  globalAlpha: number;
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
  arc(x: number, y: number, radius: number, start: number, end: number): void;
  fill(): void;
}

/** What is used of the canvas of either package: one has `data`, the other `toBuffer('raw')`. */
interface Canvas {
  getContext(kind: '2d', options: { alpha: boolean }): Context;
  data?(): Uint8Array;
  toBuffer(format: 'raw'): Uint8Array;
}

interface CanvasPackage {
  createCanvas(width: number, height: number): Canvas;
}

const PI2 = 2 * Math.PI;

/** Paints on a canvas of the package that `chooseCanvas` names. */
export class CanvasPainter implements FramePainter {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  private readonly canvas: Canvas;
  private readonly context: Context;
  private readonly screen: Screen;
  private readonly corners = new Float64Array(8);
  private color = NaN;

  /** @throws UserError when no canvas package loads. */
  constructor(screen: Screen, size: FrameSize = {}) {
    const { name, others } = chooseCanvas();
    if (name === undefined) {
      const reasons = Object.entries(others).map(([other, reason]) => `${other}: ${reason}`);
      throw new UserError(`There is no canvas to paint on. ${reasons.join('; ')}.`);
    }
    const { width, height } = resolveSize(screen, size);
    const canvases = createRequire(import.meta.url)(name) as CanvasPackage;
    this.width = width;
    this.height = height;
    this.screen = screen;
    this.canvas = canvases.createCanvas(width, height);
    this.format = this.canvas.data === undefined ? 'bgra' : 'rgba';
    this.context = this.canvas.getContext('2d', { alpha: false });
    this.context.setTransform(width / screen.width, 0, 0, height / screen.height, 0, 0);
  }

  read(): Uint8Array {
    return this.canvas.data?.() ?? this.canvas.toBuffer('raw');
  }

  frame(): Frame {
    const { width, height, format } = this;
    const bytes = this.read();
    const data = new Uint8Array(3 * width * height);
    const [red, blue] = format === 'rgba' ? [0, 2] : [2, 0];
    for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
      data[to] = bytes[from + red];
      data[to + 1] = bytes[from + 1];
      data[to + 2] = bytes[from + blue];
    }
    return { width, height, data };
  }

  clear(color: Color): void {
    // Larger than the frame: rounding shall not leave a border half covered.
    this.rectangle(-1, -1, this.screen.width + 2, this.screen.height + 2, color);
  }

  polygon(points: ArrayLike<number>, color: Color, alpha = 1): void {
    const { context } = this;
    this.dip(color, alpha);
    context.beginPath();
    context.moveTo(points[0], points[1]);
    for (let i = 2; i + 1 < points.length; i += 2) context.lineTo(points[i], points[i + 1]);
    context.closePath();
    context.fill();
  }

  rectangle(x: number, y: number, width: number, height: number, color: Color, alpha = 1): void {
    this.dip(color, alpha);
    this.context.fillRect(x, y, width, height);
  }

  circle(x: number, y: number, radius: number, color: Color, alpha = 1): void {
    const { context } = this;
    this.dip(color, alpha);
    context.beginPath();
    context.arc(x, y, radius, 0, PI2);
    context.fill();
  }

  line(x0: number, y0: number, x1: number, y1: number, width: number, color: Color, alpha = 1): void {
    lineCorners(x0, y0, x1, y1, width, this.corners);
    this.polygon(this.corners, color, alpha);
  }

  /** Takes a colour, as a brush. */
  private dip(color: Color, alpha: number): void {
    this.context.globalAlpha = alpha;
    if (color === this.color) return;
    this.color = color;
    this.context.fillStyle = `#${color.toString(16).padStart(6, '0')}`;
  }
}

/** The painter of what people see: a canvas, or the rasterizer where no canvas package is installed. */
export function createPainter(screen: Screen, size: FrameSize = {}): FramePainter {
  return chooseCanvas().name === undefined ? new Rasterizer(screen, size) : new CanvasPainter(screen, size);
}
