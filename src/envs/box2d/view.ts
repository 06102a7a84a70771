/** @file A camera: draws what is measured in the world's metres, y up, on a painter's screen, y down. */
import type { Color, Painter } from '../../recording/index.js';

/** Where a body is and how it is turned. */
interface Placed {
  getPosition(): { readonly x: number; readonly y: number };
  getAngle(): number;
}

/** From the world to the screen: x' = xx x + xy y + x0, y' = yx x + yy y + y0. */
export interface Projection {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/** A camera that does not turn: `scale` pixels a metre, (left, bottom) of the world in the corner of the screen. */
export function uprightView(scale: number, left: number, height: number): Projection {
  return { xx: scale, xy: 0, x0: -left * scale, yx: 0, yy: -scale, y0: height };
}

/** Room for the corners of one shape; drawings are never nested. */
const CORNERS = new Float64Array(16);
const BUFFERS = Array.from({ length: CORNERS.length / 2 + 1 }, (_, n) => CORNERS.subarray(0, 2 * n));

export class View {
  constructor(
    private readonly painter: Painter,
    private readonly projection: Projection,
  ) {}

  /** A polygon with corners x0, y0, x1, y1, ... in the world. */
  polygon(corners: ArrayLike<number>, color: Color, alpha?: number): void {
    this.painter.polygon(this.project(corners, 0, 0, 1, 0), color, alpha);
  }

  /** A polygon with corners in the coordinates of a body. */
  shape(body: Placed, corners: ArrayLike<number>, color: Color): void {
    this.painter.polygon(this.projectShape(body, corners), color);
  }

  /** A polygon with an outline, `width` pixels wide. */
  outlinedPolygon(corners: ArrayLike<number>, fill: Color, outline: Color, width: number): void {
    this.paintOutlined(this.project(corners, 0, 0, 1, 0), fill, outline, width);
  }

  /** A body's shape with an outline, `width` pixels wide. */
  outlinedShape(body: Placed, corners: ArrayLike<number>, fill: Color, outline: Color, width: number): void {
    this.paintOutlined(this.projectShape(body, corners), fill, outline, width);
  }

  line(x0: number, y0: number, x1: number, y1: number, width: number, color: Color): void {
    const points = this.project([x0, y0, x1, y1], 0, 0, 1, 0);
    this.painter.line(points[0], points[1], points[2], points[3], width, color);
  }

  private paintOutlined(points: Float64Array, fill: Color, outline: Color, width: number): void {
    const { painter } = this;
    painter.polygon(points, fill);
    const n = points.length;
    for (let i = 0; i < n; i += 2) {
      const next = (i + 2) % n;
      painter.line(points[i], points[i + 1], points[next], points[next + 1], width, outline);
    }
  }

  private projectShape(body: Placed, corners: ArrayLike<number>): Float64Array {
    const { x, y } = body.getPosition();
    const angle = body.getAngle();
    return this.project(corners, x, y, Math.cos(angle), Math.sin(angle));
  }

  /** Turns and moves the corners, then projects them. */
  private project(corners: ArrayLike<number>, x: number, y: number, cos: number, sin: number): Float64Array {
    const { xx, xy, x0, yx, yy, y0 } = this.projection;
    const points = BUFFERS[corners.length / 2] ?? new Float64Array(corners.length);
    for (let i = 0; i < corners.length; i += 2) {
      const wx = x + cos * corners[i] - sin * corners[i + 1];
      const wy = y + sin * corners[i] + cos * corners[i + 1];
      points[i] = xx * wx + xy * wy + x0;
      points[i + 1] = yx * wx + yy * wy + y0;
    }
    return points;
  }
}
