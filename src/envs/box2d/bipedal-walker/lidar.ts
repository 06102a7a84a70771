/**
 * @file Distances to the ground: ten rays from the hull, from straight down to nearly straight ahead. The ground is cast
 * against directly, which takes a fraction of the time of a query of planck's tree.
 */
import { LENGTH, SCALE, STEP, type Block, type Terrain } from './terrain.js';

const { ceil, floor, max, min } = Math;

export const RAYS = 10;
/** Metres. */
export const RANGE = 160 / SCALE;

/** Directions of the rays, times their range. */
const DX = Float64Array.from({ length: RAYS }, (_, i) => Math.sin((1.5 * i) / 10) * RANGE);
const DY = Float64Array.from({ length: RAYS }, (_, i) => -Math.cos((1.5 * i) / 10) * RANGE);

/** What the ten rays saw last. */
export class Lidar {
  x = 0;
  y = 0;
  /** How far each ray got before it met something, 1 being its whole range. */
  readonly fractions = new Float64Array(RAYS).fill(1);

  constructor(private readonly terrain: Terrain) {}

  /** Looks around from a point. */
  cast(x: number, y: number): void {
    this.x = x;
    this.y = y;
    const { heights, blocks } = this.terrain;
    for (let i = 0; i < RAYS; i++) {
      let fraction = groundFraction(heights, x, y, DX[i], DY[i]);
      for (const block of blocks) {
        if (block.left <= x + RANGE && block.right >= x) {
          fraction = min(fraction, blockFraction(block, x, y, DX[i], DY[i]));
        }
      }
      this.fractions[i] = fraction;
    }
  }

  /** Where a ray ends. */
  end(ray: number): [number, number] {
    const fraction = this.fractions[ray];
    return [this.x + DX[ray] * fraction, this.y + DY[ray] * fraction];
  }
}

/** Rays never go left, so the first piece of ground that is met is the nearest. */
function groundFraction(heights: Float64Array, x: number, y: number, dx: number, dy: number): number {
  const first = max(0, ceil(x / STEP) - 1);
  const last = min(LENGTH - 2, floor((x + dx) / STEP));
  for (let i = first; i <= last; i++) {
    const rise = heights[i + 1] - heights[i];
    const above = y - heights[i];
    const behind = x - i * STEP;
    // The ray (x, y) + t (dx, dy) and the piece (i STEP, heights[i]) + s (STEP, rise).
    const determinant = dx * rise - dy * STEP;
    if (determinant === 0) continue;
    const t = (above * STEP - behind * rise) / determinant;
    const s = (above * dx - behind * dy) / determinant;
    if (t >= 0 && t <= 1 && s >= 0 && s <= 1) return t;
  }
  return 1;
}

/** From outside into the box; a ray that starts within does not see it, as in Box2D. */
function blockFraction(block: Block, x: number, y: number, dx: number, dy: number): number {
  const enterX = dx > 0 ? (block.left - x) / dx : x >= block.left ? -Infinity : Infinity;
  const leaveX = dx > 0 ? (block.right - x) / dx : x <= block.right ? Infinity : -Infinity;
  // Rays go down: they come in by the top.
  const enter = max(enterX, (block.top - y) / dy);
  const leave = min(leaveX, (block.bottom - y) / dy);
  return enter >= 0 && enter <= leave ? min(enter, 1) : 1;
}
