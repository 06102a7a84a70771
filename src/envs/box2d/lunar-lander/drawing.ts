/** @file How the moon and the lander look, in the reference's colours. */
import type { Painter } from '../../../recording/index.js';
import { SCREEN } from '../physics.js';
import { uprightView, View } from '../view.js';
import { SPARK_RADIUS, type Exhaust } from './exhaust.js';
import { HULL, LEG, PAD_POINTS, PAD_Y, SCALE, type LanderWorld } from './world.js';

const SKY = 0x000000;
const MOON = 0xffffff;
const LANDER = 0x8066e6;
const LANDER_EDGE = 0x4d4d80;
const FLAG = 0xcccc00;
const POLE_HEIGHT = 50;

export function drawLander(painter: Painter, world: LanderWorld, exhaust: Exhaust): void {
  const { width, height } = SCREEN;
  const view = new View(painter, uprightView(SCALE, 0, height));
  painter.clear(SKY);
  const { surfaceX, surfaceY } = world;
  const moon = surfaceX.flatMap((x, i) => [x * SCALE, height - surfaceY[i] * SCALE]);
  painter.polygon([...moon, width, height, 0, height], MOON);

  for (const { x, y, life } of exhaust.sparks) {
    if (life >= 0) painter.circle(x * SCALE, height - y * SCALE, SPARK_RADIUS * SCALE, sparkColor(life));
  }
  for (const body of [world.lander, ...world.legs]) {
    view.outlinedShape(body, body === world.lander ? HULL : LEG, LANDER, LANDER_EDGE, 1);
  }
  for (const point of PAD_POINTS) {
    // In the middle of a column of pixels, so that the pole is one pixel wide.
    const x = surfaceX[point] * SCALE + 0.5;
    const foot = height - PAD_Y * SCALE;
    const top = foot - POLE_HEIGHT;
    painter.line(x, foot, x, top, 1, MOON);
    painter.polygon([x, top, x, top + 10, x + 25, top + 5], FLAG);
  }
}

/** Pink as it leaves the engine, dark at its end. */
function sparkColor(life: number): number {
  const byte = (value: number) => Math.min(255, Math.floor(Math.max(0.2, value) * 255));
  return (byte(0.15 + life) << 16) | (byte(0.5 * life) << 8) | byte(0.5 * life);
}
