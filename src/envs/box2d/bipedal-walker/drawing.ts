/** @file How the walker and its ground look, in the reference's colours: the camera follows, clouds at half its speed. */
import type { Painter } from '../../../recording/index.js';
import { SCREEN } from '../physics.js';
import { uprightView, View } from '../view.js';
import { RAYS } from './lidar.js';
import { HEIGHT, LENGTH, SCALE, STEP } from './terrain.js';
import { HULL, LOWER_LEG, UPPER_LEG, type WalkerWorld } from './world.js';

const { ceil, floor, max, min } = Math;

const SKY = 0xd7d7ff;
const CLOUD = 0xffffff;
const EARTH = 0x66994c;
const GRASSES = [0x4cff4c, 0x4ccc4c];
const BLOCK = 0xffffff;
const BLOCK_EDGE = 0x999999;
const HULL_FILL = 0x7f33e5;
const HULL_EDGE = 0x4c4c7f;
/** Fill and outline of the far and of the near leg. */
const LEGS = [
  [0xb26598, 0x7f4c65],
  [0x803366, 0x4d1a33],
];
const RAY = 0xff0000;
const FLAG = 0xe63300;
const INK = 0x000000;

/** @param step how many were made: one ray of the lidar is shown at a time, and now and then none */
export function drawWalker(painter: Painter, world: WalkerWorld, step: number): void {
  const { width, height } = SCREEN;
  const { hull, legs, lidar, terrain } = world;
  const left = hull.getPosition().x - width / SCALE / 5;
  const right = left + width / SCALE;
  const view = new View(painter, uprightView(SCALE, left, height));
  const farView = new View(painter, uprightView(SCALE, left / 2, height));
  painter.clear(SKY);
  for (const cloud of world.clouds) farView.polygon(cloud, CLOUD);

  const first = max(0, floor(left / STEP));
  const last = min(LENGTH - 1, ceil(right / STEP));
  drawGround(view, terrain.heights, first, last);

  const ray = step % 100;
  if (ray < 2 * RAYS) {
    const [x, y] = lidar.end(ray < RAYS ? ray : 2 * RAYS - 1 - ray);
    view.line(lidar.x, lidar.y, x, y, 1, RAY);
  }
  for (const block of terrain.blocks) {
    if (block.right < left || block.left > right) continue;
    const corners = [block.left, block.bottom, block.right, block.bottom];
    corners.push(block.right, block.top, block.left, block.top);
    view.outlinedPolygon(corners, BLOCK, BLOCK_EDGE, 1);
  }
  for (let i = first; i < last; i++) {
    view.line(i * STEP, terrain.heights[i], (i + 1) * STEP, terrain.heights[i + 1], 1.5, GRASSES[i % 2]);
  }
  legs.forEach((part, i) => {
    const [fill, edge] = LEGS[i >> 1];
    view.outlinedShape(part, i % 2 === 0 ? UPPER_LEG : LOWER_LEG, fill, edge, 1);
  });
  view.outlinedShape(hull, HULL, HULL_FILL, HULL_EDGE, 1);
  drawFlag(view);
}

/** The earth below points `first` to `last`, as one shape without seams. */
function drawGround(view: View, heights: Float64Array, first: number, last: number): void {
  const corners = [];
  for (let i = first; i <= last; i++) corners.push(i * STEP, heights[i]);
  view.polygon([...corners, last * STEP, 0, first * STEP, 0], EARTH);
}

function drawFlag(view: View): void {
  const x = 3 * STEP;
  const top = HEIGHT + 50 / SCALE;
  view.line(x, HEIGHT, x, top, 1, INK);
  const cloth = [x, top, x, top - 10 / SCALE, x + 25 / SCALE, top - 5 / SCALE];
  view.outlinedPolygon(cloth, FLAG, INK, 1);
}
