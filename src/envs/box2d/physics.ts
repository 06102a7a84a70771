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

  /** planck 1.4.2's own puts the centre of mass at a wrong height: its `addVec2` adds x to y. */
  override computeMass(result: MassData, density: number): void {
    const { mass, center, I } = massOf([this.corners], density);
    result.mass = mass;
    result.center.x = center.x;
    result.center.y = center.y;
    result.I = I;
  }
}

/** Mass, its centre and inertia about the origin of polygons with corners x0, y0, x1, y1, ..., by Green's theorem. */
export function massOf(polygons: readonly (readonly number[])[], density: number): MassData {
  let [area, x, y, inertia] = [0, 0, 0, 0];
  for (const corners of polygons) {
    const n = corners.length;
    // Clockwise corners give negative sums.
    const sign = Math.sign(signedArea(corners));
    for (let i = 0; i < n; i += 2) {
      const [x0, y0, x1, y1] = [corners[i], corners[i + 1], corners[(i + 2) % n], corners[(i + 3) % n]];
      const cross = sign * (x0 * y1 - x1 * y0);
      area += cross / 2;
      x += ((x0 + x1) * cross) / 6;
      y += ((y0 + y1) * cross) / 6;
      inertia += ((x0 * x0 + x0 * x1 + x1 * x1 + y0 * y0 + y0 * y1 + y1 * y1) * cross) / 12;
    }
  }
  return { mass: density * area, center: { x: x / area, y: y / area }, I: density * inertia };
}

function signedArea(corners: readonly number[]): number {
  const n = corners.length;
  let sum = 0;
  for (let i = 0; i < n; i += 2) {
    sum += corners[i] * corners[(i + 3) % n] - corners[(i + 2) % n] * corners[i + 1];
  }
  return sum / 2;
}

/** The corners of a box around the origin. */
export function boxCorners(halfWidth: number, halfHeight: number): number[] {
  return [-halfWidth, -halfHeight, halfWidth, -halfHeight, halfWidth, halfHeight, -halfWidth, halfHeight];
}
