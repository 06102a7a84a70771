import { expect, test } from '@jest/globals';
import { EdgeShape, World } from 'planck';
import { Lidar, RANGE, RAYS } from '../../../../src/envs/box2d/bipedal-walker/lidar.js';
import {
  generateTerrain,
  LENGTH,
  STEP,
  type Terrain,
} from '../../../../src/envs/box2d/bipedal-walker/terrain.js';
import { Polygon } from '../../../../src/envs/box2d/physics.js';
import { Generator } from '../../../../src/random/index.js';

const flat: Terrain = { heights: new Float64Array(LENGTH).fill(1), blocks: [] };

test('over level ground rays get longer from straight down to ahead, at most their range', () => {
  const lidar = new Lidar(flat);
  lidar.cast(10, 3);
  for (let i = 0; i < RAYS; i++) {
    const expected = Math.min(1, 2 / Math.cos(0.15 * i) / RANGE);
    expect(lidar.fractions[i]).toBeCloseTo(expected, 12);
    const [x, y] = lidar.end(i);
    expect(Math.hypot(x - 10, y - 3)).toBeCloseTo(expected * RANGE, 9);
  }
  expect(lidar.fractions[RAYS - 1]).toBe(1);
  lidar.cast(10, 1 + 2 * RANGE);
  expect([...lidar.fractions]).toEqual(new Array(RAYS).fill(1));
});

test('sees what the rays of planck see, over grass and obstacles', () => {
  const terrain = generateTerrain(new Generator(2), true);
  const ground = new World().createBody();
  for (const { left, right, bottom, top } of terrain.blocks) {
    ground.createFixture(new Polygon([left, bottom, right, bottom, right, top, left, top]));
  }
  for (let i = 0; i + 1 < LENGTH; i++) {
    const at = (j: number) => ({ x: j * STEP, y: terrain.heights[j] });
    ground.createFixture(new EdgeShape(at(i), at(i + 1)));
  }
  const lidar = new Lidar(terrain);
  let hits = 0;
  const rng = new Generator(0);
  for (let n = 0; n < 200; n++) {
    const x = rng.uniform(0, (LENGTH - 1) * STEP);
    const y = terrain.heights[Math.floor(x / STEP)] + rng.uniform(0.5, 5);
    lidar.cast(x, y);
    for (let i = 0; i < RAYS; i++) {
      const to = { x: x + Math.sin(0.15 * i) * RANGE, y: y - Math.cos(0.15 * i) * RANGE };
      let nearest = 1;
      ground.getWorld().rayCast({ x, y }, to, (_fixture, _point, _normal, fraction) => (nearest = fraction));
      expect(lidar.fractions[i]).toBeCloseTo(nearest, 9);
      if (nearest < 1) hits++;
    }
  }
  expect(hits).toBeGreaterThan(500);
});
