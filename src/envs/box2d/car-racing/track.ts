/**
 * @file The race track: a random closed road. Twelve checkpoints around the origin pull a point that goes on with equal
 * steps and turns a little towards the next one; its second lap is the road if its ends meet.
 */
import type { Generator } from '../../../random/index.js';

const { abs, atan2, cos, hypot, min, PI, sign, sin } = Math;

/** Drawing units a metre. */
export const SCALE = 6;
const RADIUS = 900 / SCALE;
/** Half the side of the field; outside of it the episode is lost. */
export const PLAYFIELD = 2000 / SCALE;
/** Length of a tile. */
const STEP = 21 / SCALE;
/** How far the road can turn within a tile, in radians. */
const TURN = 0.31;
/** From the middle of the road to its sides. */
export const HALF_WIDTH = 40 / SCALE;
const KERB_WIDTH = 8 / SCALE;
/** A kerb needs as many tiles in a row that turn hard to one side. */
const KERB_TILES = 4;
const CHECKPOINTS = 12;
const MAX_POINTS = 2500;
/** Where laps begin, as an angle around the origin. */
const START_ANGLE = -PI / CHECKPOINTS;

/** A point in the middle of the road. */
export interface TrackPoint {
  /** Angle around the origin. */
  readonly angle: number;
  /** Direction across the road, to its right; the road goes a quarter turn to the left of it. */
  readonly across: number;
  readonly x: number;
  readonly y: number;
}

interface Checkpoint {
  readonly angle: number;
  readonly x: number;
  readonly y: number;
}

/** The points of a track; draws 24 numbers for each try until one closes. */
export function generateTrack(rng: Generator): TrackPoint[] {
  for (;;) {
    const lap = cutLap(trace(drawCheckpoints(rng)));
    if (lap !== undefined) return lap;
  }
}

function drawCheckpoints(rng: Generator): Checkpoint[] {
  return Array.from({ length: CHECKPOINTS }, (_, i) => {
    const slice = (2 * PI) / CHECKPOINTS;
    let angle = i * slice + rng.uniform(0, slice);
    let radius = rng.uniform(RADIUS / 3, RADIUS);
    // First and last are far out and fixed: a straight to start on.
    if (i === 0 || i === CHECKPOINTS - 1) [angle, radius] = [i * slice, 1.5 * RADIUS];
    return { angle, x: radius * cos(angle), y: radius * sin(angle) };
  });
}

/** Goes from checkpoint to checkpoint for five laps. */
function trace(checkpoints: readonly Checkpoint[]): TrackPoint[] {
  const points: TrackPoint[] = [];
  let [x, y, across] = [1.5 * RADIUS, 0, 0];
  let next = 0;
  let laps = 0;
  let beyondHalf = false;
  while (laps <= 4 && points.length < MAX_POINTS) {
    let angle = atan2(y, x);
    if (beyondHalf && angle > 0) {
      laps++;
      beyondHalf = false;
    }
    if (angle < 0) {
      beyondHalf = true;
      angle += 2 * PI;
    }
    // The next checkpoint ahead; after the last one the angle starts anew.
    while (angle > checkpoints[next].angle) {
      next = (next + 1) % CHECKPOINTS;
      if (next === 0) angle -= 2 * PI;
    }
    const { x: goalX, y: goalY } = checkpoints[next];
    const [rightX, rightY] = [cos(across), sin(across)];
    const offset = SCALE * (rightX * (goalX - x) + rightY * (goalY - y));
    while (across - angle > 1.5 * PI) across -= 2 * PI;
    while (across - angle < -1.5 * PI) across += 2 * PI;
    const before = across;
    if (abs(offset) > 0.3) across -= sign(offset) * min(TURN, abs(0.001 * offset));
    x -= rightY * STEP;
    y += rightX * STEP;
    points.push({ angle, across: (before + across) / 2, x, y });
  }
  return points;
}

/** The last whole lap from start to start; none if there is none or its ends do not meet. */
function cutLap(points: readonly TrackPoint[]): TrackPoint[] | undefined {
  const passesStart = (i: number) => points[i].angle > START_ANGLE && points[i - 1].angle <= START_ANGLE;
  let end = points.length - 1;
  while (end > 0 && !passesStart(end)) end--;
  let begin = end - 1;
  while (begin > 0 && !passesStart(begin)) begin--;
  if (begin <= 0) return undefined;
  const lap = points.slice(begin, end - 1);
  const [first, last] = [lap[0], lap[lap.length - 1]];
  const gap = hypot(cos(first.across) * (first.x - last.x), sin(first.across) * (first.y - last.y));
  return gap > STEP ? undefined : lap;
}

/** Whether each tile has a kerb: those in and shortly before hard turns. */
function findKerbs(track: readonly TrackPoint[]): boolean[] {
  const n = track.length;
  const at = (i: number) => (i + n) % n;
  const kerbs = track.map((_, i) => {
    const turns = Array.from({ length: KERB_TILES }, (_, back) => {
      return track[at(i - back)].across - track[at(i - back - 1)].across;
    });
    const oneSide = abs(turns.reduce((sum, turn) => sum + sign(turn), 0)) === KERB_TILES;
    return oneSide && turns.every((turn) => abs(turn) > 0.2 * TURN);
  });
  for (let i = 0; i < n; i++) {
    for (let back = 1; back < KERB_TILES; back++) kerbs[at(i - back)] ||= kerbs[i];
  }
  return kerbs;
}

/** A strip across the road between two points, from `inner` to `outer` metres right of the middle: four corners. */
function strip(from: TrackPoint, to: TrackPoint, inner: number, outer: number): number[] {
  const corner = ({ x, y, across }: TrackPoint, right: number) => [
    x + right * cos(across),
    y + right * sin(across),
  ];
  return [...corner(to, inner), ...corner(to, outer), ...corner(from, outer), ...corner(from, inner)];
}

/** A piece of the road, the one before the point of the same index. */
export interface Tile {
  /** Corners x0, y0, x1, y1, ...: left and right ahead, right and left behind. */
  readonly corners: readonly number[];
  readonly x: number;
  readonly y: number;
  readonly kerb?: readonly number[];
}

/** The tiles of a track; tile 0 closes the lap. */
export function layTiles(track: readonly TrackPoint[]): Tile[] {
  const kerbs = findKerbs(track);
  return track.map((to, i) => {
    const from = track[(i + track.length - 1) % track.length];
    const side = sign(from.across - to.across);
    return {
      corners: strip(from, to, -HALF_WIDTH, HALF_WIDTH),
      x: (from.x + to.x) / 2,
      y: (from.y + to.y) / 2,
      kerb: kerbs[i] ? strip(from, to, side * HALF_WIDTH, side * (HALF_WIDTH + KERB_WIDTH)) : undefined,
    };
  });
}
