/** @file The drawing of both mountain cars. */
import type { Painter } from '../../recording/index.js';

const { cos, sin } = Math;

export const MOUNTAIN_SCREEN = { width: 600, height: 400 };

const LEFT = -1.2;
const RIGHT = 0.6;
const SCALE = MOUNTAIN_SCREEN.width / (RIGHT - LEFT);
const POINTS = 64;
const LINE = 2.5;

const screenX = (position: number): number => (position - LEFT) * SCALE;
const screenY = (position: number): number =>
  MOUNTAIN_SCREEN.height - (sin(3 * position) * 0.45 + 0.55) * SCALE;

/** The hill's edge as a band, and all that is below it. */
const EDGE: number[] = [];
const GROUND: number[] = [];
for (let i = 0; i <= POINTS; i++) {
  const position = LEFT + (i / POINTS) * (RIGHT - LEFT);
  GROUND.push(screenX(position), screenY(position));
}
for (let i = 0; i <= POINTS; i++) EDGE.push(GROUND[2 * i], GROUND[2 * i + 1] - LINE / 2);
for (let i = POINTS; i >= 0; i--) EDGE.push(GROUND[2 * i], GROUND[2 * i + 1] + LINE / 2);
GROUND.push(MOUNTAIN_SCREEN.width, MOUNTAIN_SCREEN.height, 0, MOUNTAIN_SCREEN.height);

function drawFlag(painter: Painter, position: number): void {
  const x = screenX(position);
  const y = screenY(position);
  painter.rectangle(x - 1, y - 50, 2.5, 50, 0x000000);
  painter.polygon([x, y - 50, x + 27, y - 43, x, y - 36], 0xcccc00);
}

function drawCar(painter: Painter, position: number): void {
  const x = screenX(position);
  const y = screenY(position) - 10;
  const slope = cos(3 * position);
  const alongX = cos(slope);
  const alongY = -sin(slope);
  const at = (along: number, up: number) => [
    x + along * alongX + up * alongY,
    y + along * alongY - up * alongX,
  ];
  painter.polygon([...at(-20, 0), ...at(-20, 20), ...at(20, 20), ...at(20, 0)], 0x000000);
  for (const along of [-10, 10]) {
    painter.circle(x + along * alongX, y + along * alongY, 8, 0x808080);
  }
}

export function drawMountain(painter: Painter, position: number, goal: number): void {
  painter.clear(0xffffff);
  painter.polygon(GROUND, 0xf0f0ec);
  painter.polygon(EDGE, 0x000000);
  drawFlag(painter, goal);
  drawCar(painter, position);
}
