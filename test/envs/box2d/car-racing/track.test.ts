import { expect, test } from '@jest/globals';
import {
  generateTrack,
  HALF_WIDTH,
  layTiles,
  PLAYFIELD,
  type TrackPoint,
} from '../../../../src/envs/box2d/car-racing/track.js';
import { Generator } from '../../../../src/random/index.js';

const STEP = 21 / 6;
const tracks = Array.from({ length: 20 }, (_, seed) => generateTrack(new Generator(seed)));
const distance = (a: TrackPoint, b: TrackPoint) => Math.hypot(a.x - b.x, a.y - b.y);

test('tracks of equal steps that turn little, within the field, once around', () => {
  for (const track of tracks) {
    expect(track.length).toBeGreaterThan(200);
    expect(track.length).toBeLessThan(400);
    for (let i = 1; i < track.length; i++) {
      expect(distance(track[i], track[i - 1])).toBeCloseTo(STEP, 9);
      expect(Math.abs(Math.sin((track[i].across - track[i - 1].across) / 2))).toBeLessThan(0.16);
      expect(Math.max(Math.abs(track[i].x), Math.abs(track[i].y))).toBeLessThan(PLAYFIELD);
    }
    // The ends meet with less than three steps between them.
    expect(distance(track[0], track[track.length - 1])).toBeLessThan(3 * STEP);
  }
});

test('a track is drawn from 24 numbers a try', () => {
  const tries = tracks.map((track, seed) => {
    const [rng, numbers] = [new Generator(seed), new Generator(seed)];
    expect(generateTrack(rng)).toEqual(track);
    let count = 0;
    while (JSON.stringify(rng.getState()) !== JSON.stringify(numbers.getState())) {
      numbers.random();
      count++;
    }
    return count / 24;
  });
  expect(tries.every((count) => Number.isInteger(count) && count < 10)).toBe(true);
  expect(Math.min(...tries)).toBe(1);
});

test('tiles are as wide as the road and follow each other', () => {
  const tiles = layTiles(tracks[0]);
  expect(tiles).toHaveLength(tracks[0].length);
  tiles.forEach(({ corners }, i) => {
    const [leftX, leftY, rightX, rightY] = corners;
    expect(Math.hypot(leftX - rightX, leftY - rightY)).toBeCloseTo(2 * HALF_WIDTH, 9);
    const before = tiles[(i + tiles.length - 1) % tiles.length].corners;
    expect(corners.slice(4)).toEqual([before[2], before[3], before[0], before[1]]);
  });
});

test('kerbs beside the road in hard turns only', () => {
  let kerbs = 0;
  for (const track of tracks) {
    layTiles(track).forEach(({ kerb, x, y }, i) => {
      if (kerb === undefined) return;
      kerbs++;
      const away = Math.hypot(kerb[0] - track[i].x, kerb[1] - track[i].y);
      expect(away).toBeCloseTo(HALF_WIDTH, 9);
      expect(Math.hypot(kerb[0] - x, kerb[1] - y)).toBeLessThan(HALF_WIDTH + STEP);
    });
  }
  expect(kerbs).toBeGreaterThan(100);
  expect(kerbs).toBeLessThan(tracks.length * 100);
});
