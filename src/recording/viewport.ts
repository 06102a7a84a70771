/** @file A part of a frame as a painter of its own: several drawings side by side are one drawing. */
import type { Color, Painter, Screen } from './painter.js';
import { circlePolygon, lineCorners } from './shapes.js';

/** Where a viewport lies, in the coordinates of the painter that it draws with. */
export interface Place {
  x: number;
  y: number;
  /** Units there for each unit of the viewport's drawing. */
  scale: number;
}

/** Draws what belongs on `screen` into a rectangle of another drawing; what is beyond its borders is cut off. */
export class Viewport implements Painter {
  private readonly right: number;
  private readonly bottom: number;

  constructor(
    private readonly painter: Painter,
    screen: Screen,
    private readonly at: Place,
  ) {
    this.right = at.x + screen.width * at.scale;
    this.bottom = at.y + screen.height * at.scale;
  }

  clear(color: Color): void {
    const { x, y } = this.at;
    this.painter.rectangle(x, y, this.right - x, this.bottom - y, color);
  }

  polygon(points: ArrayLike<number>, color: Color, alpha = 1): void {
    const { x, y, scale } = this.at;
    const placed = Array.from(points, (value, i) => (i % 2 === 0 ? x : y) + value * scale);
    const between = cut(cut(placed, 0, x, 1), 0, this.right, -1);
    const kept = cut(cut(between, 1, y, 1), 1, this.bottom, -1);
    if (kept.length > 0) this.painter.polygon(kept, color, alpha);
  }

  rectangle(x: number, y: number, width: number, height: number, color: Color, alpha = 1): void {
    this.polygon([x, y, x + width, y, x + width, y + height, x, y + height], color, alpha);
  }

  circle(x: number, y: number, radius: number, color: Color, alpha = 1): void {
    const { at } = this;
    const [placedX, placedY, placedRadius] = [at.x + x * at.scale, at.y + y * at.scale, radius * at.scale];
    const inside =
      placedX - placedRadius >= at.x &&
      placedX + placedRadius <= this.right &&
      placedY - placedRadius >= at.y &&
      placedY + placedRadius <= this.bottom;
    if (inside) this.painter.circle(placedX, placedY, placedRadius, color, alpha);
    else {
      const unit = circlePolygon(placedRadius);
      this.polygon(
        unit.map((value, i) => (i % 2 === 0 ? x : y) + value * radius),
        color,
        alpha,
      );
    }
  }

  line(x0: number, y0: number, x1: number, y1: number, width: number, color: Color, alpha = 1): void {
    const corners = new Float64Array(8);
    lineCorners(x0, y0, x1, y1, width, corners);
    this.polygon(corners, color, alpha);
  }
}

/**
 * A polygon without what lies beyond a horizontal or vertical border (Sutherland and Hodgman 1974).
 * @param axis 0 for a border at x, 1 for one at y; @param side 1 keeps what is larger, -1 what is smaller
 */
function cut(points: number[], axis: 0 | 1, border: number, side: 1 | -1): number[] {
  const kept: number[] = [];
  const count = points.length;
  for (let i = 0; i < count; i += 2) {
    const before = (i + count - 2) % count;
    const [a, b] = [before, i].map((corner) => side * (points[corner + axis] - border));
    if (a < 0 !== b < 0) {
      const part = a / (a - b);
      for (const j of [0, 1]) kept.push(points[before + j] + part * (points[i + j] - points[before + j]));
    }
    if (b >= 0) kept.push(points[i], points[i + 1]);
  }
  return kept;
}
