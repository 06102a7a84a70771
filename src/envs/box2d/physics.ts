/** @file What the Box2D environments share: the time step, the size of the picture, shapes from points. */
import { PolygonShape, type MassData, type World } from 'planck';
import type { Screen } from '../../recording/index.js';

/** Steps a second. */
export const FPS = 50;

export const SCREEN: Screen = { width: 600, height: 400 };

/** Collision categories: bodies meet the ground and nothing else. */
export const GROUND = 0x0001;
export const BODY = 0x0020;

/** Moves the world on by one frame, with as many iterations as the reference. */
export function stepWorld(world: World): void {
  world.step(1 / FPS, 6 * 30, 2 * 30);
}

/** A convex polygon with corners x0, y0, x1, y1, ... */
export class Polygon extends PolygonShape {
  constructor(private readonly corners: readonly number[]) {
    const points = [];
    for (let i = 0; i < corners.length; i += 2) points.push({ x: corners[i], y: corners[i + 1] });
    super(points);
  }

  /** By Green's theorem; planck 1.4.2's own puts the centre of mass at a wrong height (its `addVec2` adds x to y). */
  override computeMass(result: MassData, density: number): void {
    const { corners } = this;
    const n = corners.length;
    let [area, x, y, inertia] = [0, 0, 0, 0];
    for (let i = 0; i < n; i += 2) {
      const [x0, y0, x1, y1] = [corners[i], corners[i + 1], corners[(i + 2) % n], corners[(i + 3) % n]];
      const cross = x0 * y1 - x1 * y0;
      area += cross / 2;
      x += ((x0 + x1) * cross) / 6;
      y += ((y0 + y1) * cross) / 6;
      inertia += ((x0 * x0 + x0 * x1 + x1 * x1 + y0 * y0 + y0 * y1 + y1 * y1) * cross) / 12;
    }
    // Negative for corners in clockwise order, as the other sums are.
    result.mass = density * Math.abs(area);
    result.center.x = x / area;
    result.center.y = y / area;
    result.I = density * Math.abs(inertia);
  }
}

/** The corners of a box around the origin. */
export function boxCorners(halfWidth: number, halfHeight: number): number[] {
  return [-halfWidth, -halfHeight, halfWidth, -halfHeight, halfWidth, halfHeight, -halfWidth, halfHeight];
}
