/**
 * @file What environments draw with. An environment draws itself once, in the coordinates of its `Screen`; a painter
 * maps them to its frame: a canvas for people (canvas.ts), an own rasterizer for pixel observations (rasterizer.ts).
 */

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
