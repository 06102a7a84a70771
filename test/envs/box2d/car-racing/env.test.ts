import { describe, expect, test } from '@jest/globals';
import { make } from '../../../../src/envs/index.js';
import type { Car } from '../../../../src/envs/box2d/car-racing/car.js';
import { CarRacing } from '../../../../src/envs/box2d/car-racing/env.js';
import type { Road } from '../../../../src/envs/box2d/car-racing/road.js';
import { Rasterizer } from '../../../../src/recording/index.js';

const inside = (env: CarRacing) => env as unknown as { car: Car; road: Road };
const GAS = Float32Array.of(0, 0.5, 0);

/** The colour of a pixel of the observation. */
const pixel = (observation: Uint8Array, x: number, y: number) => [
  ...observation.subarray(3 * (96 * y + x), 3 * (96 * y + x) + 3),
];

/** Returns of 100 steps with one action. */
function drive(action: number[], seeds: number): number[] {
  const env = new CarRacing();
  return Array.from({ length: seeds }, (_, seed) => {
    env.reset({ seed });
    let total = 0;
    for (let step = 0; step < 100; step++) total += env.step(Float32Array.from(action)).reward;
    return total;
  });
}

/** Steers along the middle of the road; brakes before turns. */
function followRoad({ car, road: { tiles } }: { car: Car; road: Road }): Float32Array {
  const { x, y } = car.hull.getPosition();
  const angle = car.hull.getAngle();
  let nearest = 0;
  tiles.forEach((tile, i) => {
    const best = tiles[nearest];
    if (Math.hypot(tile.x - x, tile.y - y) < Math.hypot(best.x - x, best.y - y)) nearest = i;
  });
  const bearing = (ahead: number) => {
    const goal = tiles[(nearest + ahead) % tiles.length];
    const [dx, dy] = [goal.x - x, goal.y - y];
    return Math.atan2(
      Math.cos(angle) * dx + Math.sin(angle) * dy,
      Math.cos(angle) * dy - Math.sin(angle) * dx,
    );
  };
  const velocity = car.hull.getLinearVelocity();
  const speed = Math.hypot(velocity.x, velocity.y);
  const wanted = 20 + 40 * Math.max(0, 1 - 1.5 * Math.abs(bearing(10)));
  const steering = Math.max(-1, Math.min(1, 1.5 * bearing(4)));
  return Float32Array.of(steering, speed < wanted ? 0.3 : 0, speed > wanted + 8 ? 0.4 : 0);
}

/** Jest's own comparison takes long over so many bytes. */
const equal = (a: Uint8Array, b: Uint8Array) => a.every((value, i) => value === b[i]);

test('a seed determines the episode, drawn or not', () => {
  const [plain, drawn] = [new CarRacing(), new CarRacing({ renderMode: 'rgb_array' })];
  const first = [plain, drawn].map((env) => env.reset({ seed: 3 }).observation);
  expect(equal(first[0], first[1])).toBe(true);
  for (let step = 0; step < 20; step++) {
    const [a, b] = [plain, drawn].map((env) => env.step(Float32Array.of(0.1, 0.6, 0)));
    expect(equal(a.observation, b.observation)).toBe(true);
    expect(b.reward).toBe(a.reward);
    drawn.render();
  }
  expect(equal(plain.reset().observation, plain.reset().observation)).toBe(false);
});

// Means over many tracks are 64.4, 18.2 and 41.5 (scripts/heuristic-returns.mjs); EnvPool expects 65, 18.5 and 42.7.
test.each([
  [[0, 0.5, 0], 65],
  [[0.1, 0.3, 0], 18.5],
  [[0, 0.7, 0.1], 42.7],
])('100 steps of %p bring about %d', (action, expected) => {
  const returns = drive(action, 4);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  expect(Math.abs(mean - expected)).toBeLessThan(0.15 * expected);
});

test('each new tile brings 1000 / N, each frame costs 0.1', () => {
  const env = new CarRacing();
  env.reset({ seed: 1 });
  const { road } = inside(env);
  // Those the car stands on are paid with the first step.
  let paid = 0;
  for (let step = 0; step < 60; step++) {
    const { reward } = env.step(GAS);
    expect(reward).toBeCloseTo(((road.visitedCount - paid) * 1000) / road.tiles.length - 0.1, 9);
    paid = road.visitedCount;
  }
  expect(paid).toBeGreaterThan(5);
});

describe('the end', () => {
  test('a lap: most tiles, and the first one again', () => {
    const env = make<Uint8Array, Float32Array>('CarRacing-v3', { maxEpisodeSteps: 3000 });
    env.reset({ seed: 2 });
    const state = inside(env.unwrapped as unknown as CarRacing);
    let total = 0;
    for (;;) {
      const { reward, terminated, truncated, info } = env.step(followRoad(state));
      total += reward;
      if (!terminated && !truncated) continue;
      expect([terminated, info]).toEqual([true, { lapFinished: true }]);
      break;
    }
    expect(state.road.visitedCount / state.road.tiles.length).toBeGreaterThan(0.95);
    expect(total).toBeGreaterThan(700);
  });

  test('the part of a lap that counts can be chosen', () => {
    const env = new CarRacing({ lapCompletePercent: 0 });
    env.reset({ seed: 0 });
    expect(env.step(GAS)).toMatchObject({ terminated: true, info: { lapFinished: true } });
    expect(() => make('CarRacing-v3', { lapCompletePercent: 95 })).toThrow('from 0 to 1');
  });

  test('outside of the field: -100', () => {
    const env = new CarRacing();
    env.reset({ seed: 0 });
    const { car } = inside(env);
    car.hull.setPosition({ x: 334, y: 0 });
    for (const { body } of car.wheels) body.setPosition({ x: 334, y: 0 });
    expect(env.step(GAS)).toMatchObject({ reward: -100, terminated: true, info: { lapFinished: false } });
  });
});

describe('actions', () => {
  const turnAfter = (env: CarRacing, action: number | Float32Array) => {
    env.reset({ seed: 4 });
    const { hull } = inside(env).car;
    const before = hull.getAngle();
    for (let step = 0; step < 20; step++) env.step(typeof action === 'number' ? 3 : GAS);
    for (let step = 0; step < 20; step++) env.step(action);
    return hull.getAngle() - before;
  };

  test('positive steering is to the right', () => {
    expect(turnAfter(new CarRacing(), Float32Array.of(0.5, 0.3, 0))).toBeLessThan(-0.1);
    expect(turnAfter(new CarRacing(), Float32Array.of(-0.5, 0.3, 0))).toBeGreaterThan(0.1);
  });

  test('discrete: nothing, right, left, gas, brake', () => {
    const env = new CarRacing({ continuous: false });
    expect(turnAfter(env, 1)).toBeLessThan(-0.1);
    expect(turnAfter(env, 2)).toBeGreaterThan(0.1);
    const speed = () => inside(env).car.hull.getLinearVelocity();
    turnAfter(env, 3);
    const fast = Math.hypot(speed().x, speed().y);
    turnAfter(env, 4);
    expect(Math.hypot(speed().x, speed().y)).toBeLessThan(fast / 2);
  });
});

describe('the observation', () => {
  const after = (steps: number, options = {}) => {
    const env = new CarRacing(options);
    let { observation } = env.reset({ seed: 7 });
    for (let step = 0; step < steps; step++) ({ observation } = env.step(GAS));
    return { env, observation };
  };

  test('96 x 96 in colour: a red car on a grey road, grass beside, black below', () => {
    const { env, observation } = after(60);
    expect(env.observationSpace.contains(observation)).toBe(true);
    const [red, green, blue] = pixel(observation, 48, 73);
    expect(red).toBeGreaterThan(2 * Math.max(green, blue));
    const [r, g, b] = pixel(observation, 48, 60);
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(4);
    expect(pixel(observation, 2, 50)[1]).toBeGreaterThan(180);
    expect(pixel(observation, 90, 94)).toEqual([0, 0, 0]);
  });

  test('indicators show speed, spin, steering and turning', () => {
    const bar = (observation: Uint8Array, place: number, y: number) => pixel(observation, place, y);
    const parked = after(0).observation;
    // Column 5 of 40: the speed, in white; columns 7 to 10: the wheels.
    expect(bar(parked, 13, 92)).toEqual([0, 0, 0]);
    const { env, observation } = after(60);
    expect(bar(observation, 13, 92)).toEqual([255, 255, 255]);
    expect(bar(observation, 18, 92)[2]).toBeGreaterThan(200);
    const turning = env.step(Float32Array.of(1, 0.1, 0));
    for (let step = 0; step < 10; step++) env.step(Float32Array.of(1, 0.1, 0));
    const { observation: turned } = env.step(Float32Array.of(1, 0.1, 0));
    expect(turning.terminated).toBe(false);
    expect(bar(turned, 49, 89)[1]).toBeGreaterThan(200);
    expect(bar(turned, 73, 89)[0]).toBeGreaterThan(100);
  });

  test('the camera comes down in the first second', () => {
    const grey = (observation: Uint8Array) => {
      let count = 0;
      for (let y = 0; y < 84; y++) {
        for (let x = 0; x < 96; x++) {
          const [r, g, b] = pixel(observation, x, y);
          if (r > 60 && Math.abs(r - g) < 8 && Math.abs(g - b) < 8) count++;
        }
      }
      return count;
    };
    const far = after(5).observation;
    const near = after(60).observation;
    expect(grey(near)).toBeGreaterThan(2 * grey(far));
  });

  test('the same picture as people see, smaller; marks of skids are not in it', () => {
    const { env, observation } = after(30);
    const painter = new Rasterizer(env.screen, { width: 96, height: 96 });
    env.draw(painter);
    const different = painter.pixels.filter((value, i) => value !== observation[i]).length;
    expect(different).toBeGreaterThan(0);
    expect(different).toBeLessThan(0.02 * observation.length);
  });

  test('random colours at each reset, unless asked to keep them', () => {
    const env = new CarRacing({ domainRandomize: true });
    const grass = (observation: Uint8Array) => pixel(observation, 2, 50);
    const look = (options?: Record<string, unknown>) => {
      env.reset({ seed: undefined, options });
      let { observation } = env.step(GAS);
      for (let step = 0; step < 55; step++) ({ observation } = env.step(GAS));
      return { grass: grass(observation), road: pixel(observation, 48, 66) };
    };
    env.reset({ seed: 0 });
    const first = look({ randomize: false });
    const kept = look({ randomize: false });
    const changed = look();
    expect(kept.road.map((value, i) => Math.abs(value - first.road[i]) < 8)).toEqual([true, true, true]);
    expect(changed.road).not.toEqual(kept.road);
    expect(changed.grass).not.toEqual([102, 204, 102]);
  });
});
