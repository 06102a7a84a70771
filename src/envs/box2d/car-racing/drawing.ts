/**
 * @file How the race looks, in the reference's colours: from above, turned with the car, which drives up in the lower
 * half. The reference draws a window of 1000 x 800 and squeezes it into its frames; so is this.
 */
import { drawText, type Color, type Painter } from '../../../recording/index.js';
import { SCREEN } from '../physics.js';
import { View } from '../view.js';
import { HULL, WHEEL, WHEEL_HALF_WIDTH, WHEEL_RADIUS, type Car, type Wheel } from './car.js';
import type { Road } from './road.js';
import type { Skids } from './skids.js';
import { PLAYFIELD, SCALE, type Tile } from './track.js';

const { abs, ceil, cos, floor, max, min, sign, sin, sqrt, trunc } = Math;

const WINDOW = { width: 1000, height: 800 };
const SQUEEZE_X = SCREEN.width / WINDOW.width;
const SQUEEZE_Y = SCREEN.height / WINDOW.height;
const ZOOM = 2.7;
/** What is farther from the car is out of sight once the camera is near: the window's far corners. */
const SIGHT = sqrt((WINDOW.width / 2) ** 2 + (0.75 * WINDOW.height) ** 2);
const GRASS_SIZE = PLAYFIELD / 20;

const NOWHERE = 0x000000;
const CAR = 0xcc0000;
const RUBBER = 0x000000;
const SPOKE = 0x4d4d4d;
const MUD = 0x666600;
const KERBS = [0xffffff, 0xff0000];
const WHITE = 0xffffff;

type Rgb = readonly number[];

export interface Palette {
  /** Of visited tiles, then the two tints that alternate with it before. */
  readonly road: readonly Color[];
  readonly field: Color;
  readonly grass: Color;
}

/** A palette from red, green and blue in [0, 255], not rounded. */
export function mixPalette(road: Rgb, field: Rgb, grass: Rgb): Palette {
  const pack = ([red, green, blue]: Rgb): Color => (red << 16) | (green << 8) | blue;
  const tint = (step: number) => pack(road.map((value) => value + 2.55 * step));
  return { road: [tint(0), tint(1), tint(2)], field: pack(field), grass: pack(grass) };
}

export interface Scene {
  readonly car: Car;
  readonly road: Road;
  /** Not part of the observation, as in the reference. */
  readonly skids?: Skids;
  readonly palette: Palette;
  /** Seconds since the beginning: the camera comes down in the first one. */
  readonly time: number;
  readonly score: number;
}

/** The circle around the car outside of which nothing shows. */
interface Sight {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export function drawRace(painter: Painter, { car, road, skids, palette, time, score }: Scene): void {
  const { x, y } = car.hull.getPosition();
  const zoom = SCALE * (0.1 * max(1 - time, 0) + ZOOM * min(time, 1));
  const view = followingView(painter, x, y, car.hull.getAngle(), zoom);
  const sight = { x, y, radius: SIGHT / zoom };
  drawField(painter, view, palette, sight);
  drawRoad(view, road, palette, sight);
  if (skids !== undefined) drawSkids(view, skids);
  for (const wheel of car.wheels) drawWheel(view, wheel);
  for (const part of HULL) view.shape(car.hull, part, CAR);
  drawIndicators(painter, car);
  drawText(painter, scoreText(score), 36, 368, 14, WHITE, { align: 0.5, weight: 2 });
}

/** The car in the middle of the lower half, heading up. */
function followingView(painter: Painter, x: number, y: number, angle: number, zoom: number): View {
  const [c, s] = [zoom * cos(angle), zoom * sin(angle)];
  const [xx, xy] = [SQUEEZE_X * c, SQUEEZE_X * s];
  const [yx, yy] = [SQUEEZE_Y * s, SQUEEZE_Y * -c];
  const x0 = SCREEN.width / 2 - xx * x - xy * y;
  const y0 = 0.75 * SCREEN.height - yx * x - yy * y;
  return new View(painter, { xx, xy, x0, yx, yy, y0 });
}

const square = (left: number, bottom: number, size: number) => [
  ...[left, bottom, left + size, bottom],
  ...[left + size, bottom + size, left, bottom + size],
];

/** The field, every other square of it with lighter grass, both ways. */
function drawField(painter: Painter, view: View, palette: Palette, { x, y, radius }: Sight): void {
  const inside = abs(x) + radius < PLAYFIELD && abs(y) + radius < PLAYFIELD;
  painter.clear(inside ? palette.field : NOWHERE);
  if (!inside) view.polygon(square(-PLAYFIELD, -PLAYFIELD, 2 * PLAYFIELD), palette.field);
  // Squares of even number, from -20 to 18.
  const first = (middle: number) => max(-20, 2 * floor((middle - radius) / GRASS_SIZE / 2));
  const last = (middle: number) => min(18, 2 * ceil((middle + radius) / GRASS_SIZE / 2));
  for (let column = first(x); column <= last(x); column += 2) {
    for (let row = first(y); row <= last(y); row += 2) {
      view.polygon(square(column * GRASS_SIZE, row * GRASS_SIZE, GRASS_SIZE), palette.grass);
    }
  }
}

/** Tiles in sight: connected ones as one shape without seams, then the tints of those not visited yet. */
function drawRoad(view: View, { tiles, visited }: Road, { road }: Palette, sight: Sight): void {
  const reach = (sight.radius + 10) ** 2;
  const isSeen = ({ x, y }: Tile) => (x - sight.x) ** 2 + (y - sight.y) ** 2 < reach;
  for (let begin = 0; begin < tiles.length; begin++) {
    let end = begin;
    while (end < tiles.length && isSeen(tiles[end])) end++;
    if (end === begin) continue;
    // The last tile's shape goes on under the first one, where the lap closes.
    const shown = tiles.slice(begin, end);
    if (end === tiles.length) shown.push(tiles[0]);
    view.polygon(joinTiles(shown), road[0]);
    for (let i = begin; i < end; i++) {
      const { corners, kerb } = tiles[i];
      if (!visited[i] && i % 3 > 0) view.polygon(corners, road[i % 3]);
      if (kerb !== undefined) view.polygon(kerb, KERBS[i % 2]);
    }
    begin = end;
  }
}

/** The outline of tiles in a row: along their left sides and back along their right ones. */
function joinTiles(tiles: readonly Tile[]): number[] {
  const left = [];
  const right = [];
  const { corners: first } = tiles[0];
  left.push(first[6], first[7]);
  right.push(first[5], first[4]);
  for (const { corners } of tiles) {
    left.push(corners[0], corners[1]);
    right.push(corners[3], corners[2]);
  }
  return [...left, ...right.reverse()];
}

function drawSkids(view: View, { marks }: Skids): void {
  for (const { mud, points } of marks) {
    for (let i = 2; i < points.length; i += 2) {
      view.line(points[i - 2], points[i - 1], points[i], points[i + 1], 1, mud ? MUD : RUBBER);
    }
  }
}

/** A black wheel with a light stripe that comes by as it turns. */
function drawWheel(view: View, { body, phase }: Wheel): void {
  view.shape(body, WHEEL, RUBBER);
  const edges = [phase, phase + 1.2].map((angle) => ({ up: sin(angle) > 0, place: cos(angle) }));
  if (edges.every(({ up }) => up)) return;
  // An edge on the far side shows as the wheel's rim.
  const [from, to] = edges.map(({ up, place }) => WHEEL_RADIUS * (up ? sign(place) : place));
  const half = WHEEL_HALF_WIDTH;
  view.shape(body, [-half, from, half, from, half, to, -half, to], SPOKE);
}

/** Bars at the bottom: speed, the four wheels' spin, steering, turning. */
function drawIndicators(painter: Painter, { hull, wheels }: Car): void {
  const { width, height } = SCREEN;
  const [column, row] = [width / 40, height / 40];
  painter.rectangle(0, height - 5 * row, width, 5 * row, NOWHERE);
  const upright = (place: number, value: number, color: Color) => {
    if (abs(value) < 1e-6) return;
    painter.rectangle(place * column, height - row, column, -value * row, color);
  };
  const level = (place: number, value: number, color: Color) => {
    if (abs(value) < 1e-4) return;
    painter.rectangle(place * column, height - 4 * row, value * column, 2 * row, color);
  };
  const velocity = hull.getLinearVelocity();
  upright(5, 0.02 * sqrt(velocity.x ** 2 + velocity.y ** 2), WHITE);
  wheels.forEach(({ spin }, i) => upright(7 + i, 0.01 * spin, i < 2 ? 0x0000ff : 0x3300ff));
  level(20, -10 * wheels[0].steering.getJointAngle(), 0x00ff00);
  level(30, -0.8 * hull.getAngularVelocity(), 0xff0000);
}

/** Four characters at least, zeros before the number. */
function scoreText(score: number): string {
  const whole = trunc(score);
  return whole < 0 ? `-${String(-whole).padStart(3, '0')}` : String(whole).padStart(4, '0');
}
