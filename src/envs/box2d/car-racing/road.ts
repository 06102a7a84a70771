/**
 * @file Which wheels are on the road, and which tiles they have visited. Nothing collides in this environment: the road
 * only feels the wheels, so it is asked directly, without planck's contacts.
 */
import { HALF_WIDTH, type Tile } from './track.js';

const { sqrt } = Math;

/** Box2D's polygons have a skin, and touch when their skins do. */
const SKIN = 0.02;
/** No wheel is farther from the car, nor a corner from its tile's middle. */
const REACH = 3 + HALF_WIDTH + 4;

/** A convex quadrilateral, its corners in clockwise order. */
type Quad = ArrayLike<number>;

export class Road {
  readonly visited: boolean[];
  visitedCount = 0;
  /** The car is on the tile that closes the lap. */
  onFirstTile = false;

  constructor(readonly tiles: readonly Tile[]) {
    this.visited = tiles.map(() => false);
  }

  /**
   * Marks the tiles under the wheels of a car at (x, y) and tells each wheel whether it is on the road.
   * @returns how many tiles were visited for the first time
   */
  feel(x: number, y: number, wheels: readonly { readonly corners: Quad; onRoad: boolean }[]): number {
    const { tiles, visited } = this;
    const before = this.visitedCount;
    for (const wheel of wheels) wheel.onRoad = false;
    this.onFirstTile = false;
    for (let i = 0; i < tiles.length; i++) {
      const tile = tiles[i];
      const [dx, dy] = [tile.x - x, tile.y - y];
      if (dx * dx + dy * dy > REACH * REACH) continue;
      for (const wheel of wheels) {
        if (!overlap(wheel.corners, tile.corners)) continue;
        wheel.onRoad = true;
        if (i === 0) this.onFirstTile = true;
        if (visited[i]) continue;
        visited[i] = true;
        this.visitedCount++;
      }
    }
    return this.visitedCount - before;
  }
}

/** By separating axes: two convex shapes are apart if all of one is beyond a side of the other. */
function overlap(a: Quad, b: Quad): boolean {
  return !isBeyondASide(a, b) && !isBeyondASide(b, a);
}

function isBeyondASide(of: Quad, other: Quad): boolean {
  for (let i = 0; i < 8; i += 2) {
    const next = (i + 2) % 8;
    const [x, y] = [of[i], of[i + 1]];
    // To the left of a side is outside.
    const [normalX, normalY] = [y - of[next + 1], of[next] - x];
    const gap = SKIN * sqrt(normalX * normalX + normalY * normalY);
    let apart = true;
    for (let j = 0; j < 8 && apart; j += 2) {
      apart = (other[j] - x) * normalX + (other[j + 1] - y) * normalY > gap;
    }
    if (apart) return true;
  }
  return false;
}
