/**
 * @file What environments draw with. An environment draws itself once, in the coordinates of its `Screen`; a painter
 * maps them to its frame: a canvas for people (canvas.ts), an own rasterizer for pixel observations (rasterizer.ts).
 */

import { UserError } from '../errors.js';

/** The size that a drawing's coordinates refer to: x to the right from 0 to width, y down from 0 to height. */
export interface Screen {
  readonly width: number;
  readonly height: number;
}

/** A picture: RGB bytes `[height, width, 3]`. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** 0xRRGGBB. */
export type Color = number;

/** Draws filled shapes; later ones cover earlier ones. `alpha` in [0, 1], default 1. */
export interface Painter {
  /** Fills the whole frame, so that nothing of the drawing before is left. */
  clear(color: Color): void;
  /** A polygon, convex or not, with corners x0, y0, x1, y1, ... */
  polygon(points: ArrayLike<number>, color: Color, alpha?: number): void;
  rectangle(x: number, y: number, width: number, height: number, color: Color, alpha?: number): void;
  circle(x: number, y: number, radius: number, color: Color, alpha?: number): void;
  /** A line with flat ends at its two points. */
  line(x0: number, y0: number, x1: number, y1: number, width: number, color: Color, alpha?: number): void;
}

/** The order of a pixel's bytes, in ffmpeg's names. */
export type PixelFormat = 'rgb24' | 'rgba' | 'bgra' | 'gray';

/** A painter that holds the frame it paints. */
export interface FramePainter extends Painter {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  /** The frame's bytes in `format`, row by row; they may change with the next drawing. */
  read(): Uint8Array;
  /** A copy of the frame in RGB. */
  frame(): Frame;
}

/** The size that a frame shall have, in pixels; the drawing is stretched to it. Default: the screen's. */
export interface FrameSize {
  width?: number;
  height?: number;
}

/** The whole size of a frame. @throws UserError unless both sides are whole numbers from 1 to 8192. */
export function resolveSize(screen: Screen, size: FrameSize = {}): { width: number; height: number } {
  const { width = screen.width, height = screen.height } = size;
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1 || side > 8192) {
      throw new UserError(`A frame needs sides of 1 to 8192 whole pixels, got ${width} x ${height}.`);
    }
  }
  return { width, height };
}

/**
 * Grey of a colour, in [0, 255], not rounded, with the weights of Gymnasium's GrayscaleObservation
 * (https://gymnasium.farama.org/api/wrappers/observation_wrappers).
 */
export function luma(red: number, green: number, blue: number): number {
  return 0.2125 * red + 0.7154 * green + 0.0721 * blue;
}
