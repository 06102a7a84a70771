import { expect, test } from '@jest/globals';
import { heuristicFor, make } from '../../../../src/envs/index.js';
import { BipedalWalker } from '../../../../src/envs/box2d/bipedal-walker/env.js';
import { Generator } from '../../../../src/random/index.js';
import { Rasterizer } from '../../../../src/recording/index.js';

const makeWalker = (id = 'BipedalWalker-v3') => make<Float32Array, Float32Array>(id);
const NONE = new Float32Array(4);

test('a seed determines the episode, drawn or not', () => {
  const [plain, drawn] = [new BipedalWalker(), new BipedalWalker({ renderMode: 'rgb_array' })];
  expect(drawn.reset({ seed: 11 })).toEqual(plain.reset({ seed: 11 }));
  const rng = new Generator(0);
  for (let step = 0; step < 60; step++) {
    const action = rng.fillUniform(new Float32Array(4), -1, 1);
    expect(drawn.step(action)).toEqual(plain.step(action));
    if (step % 20 === 0) drawn.render();
  }
  expect(plain.reset().observation).not.toEqual(plain.reset().observation);
});

test('the first observation: standing on bent knees, both feet on the ground, the ground in sight', () => {
  const { observation } = makeWalker().reset({ seed: 42 });
  const [angle, , vx, vy, hip, , knee, , left, , , , , right] = observation;
  for (const value of [angle, vx]) expect(value).toBeCloseTo(0, 1);
  expect(vy).toBeLessThan(0);
  // Knees are a tenth of a radian from straight, and the observation adds 1.
  expect(knee).toBeCloseTo(0.86, 1);
  expect(Math.abs(hip)).toBeLessThan(0.2);
  expect([left, right]).toEqual([1, 1]);
  expect(observation[14]).toBeCloseTo(0.4408, 3);
  expect(observation[23]).toBe(1);
});

test('torque costs points, as much as its magnitude up to 1', () => {
  const cost = (action: Float32Array) => {
    const env = new BipedalWalker();
    const before = env.reset({ seed: 1 }).observation;
    const x = hullX(env);
    const { observation, reward } = env.step(action);
    // Beside it, only the way made and the angle of the hull count.
    const progress = (130 * (hullX(env) - x)) / 30 - 5 * (Math.abs(observation[0]) - Math.abs(before[0]));
    return progress - reward;
  };
  expect(cost(NONE)).toBeCloseTo(0, 5);
  expect(cost(Float32Array.of(1, 0, -0.5, 0))).toBeCloseTo(0.028 * 1.5, 5);
  expect(cost(Float32Array.of(3, 0, 0, 0))).toBeCloseTo(0.028, 5);
});

/** The hull's place, which the observation does not tell. */
function hullX(env: BipedalWalker): number {
  const { world } = env as unknown as { world: { hull: { getPosition(): { x: number } } } };
  return world.hull.getPosition().x;
}

test('motors turn their joints, within the limits', () => {
  const env = makeWalker();
  env.reset({ seed: 0 });
  let observation: Float32Array = NONE;
  for (let step = 0; step < 30; step++) ({ observation } = env.step(Float32Array.of(1, 1, -1, -1)));
  expect(observation[4]).toBeGreaterThan(0.9);
  expect(observation[9]).toBeLessThan(-0.6);
  for (const hip of [4, 9]) expect(Math.abs(observation[hip] - 0.15)).toBeLessThan(0.95 + 0.1);
  for (const knee of [6, 11]) expect(Math.abs(observation[knee] - 0.15)).toBeLessThan(0.75 + 0.1);
});

test('a walker without torque falls: -100, the end', () => {
  const env = makeWalker();
  env.reset({ seed: 3 });
  for (;;) {
    const { reward, terminated, truncated } = env.step(NONE);
    if (!terminated && !truncated) continue;
    expect([reward, terminated]).toEqual([-100, true]);
    break;
  }
});

test('feet come and go, and the far end ends the episode without a fine', () => {
  // Without the limit of 1600 steps: this walk is a good one, but slow.
  const env = new BipedalWalker();
  const policy = heuristicFor('BipedalWalker-v3')(env);
  let { observation } = env.reset({ seed: 0 });
  const contacts = new Set<string>();
  let total = 0;
  for (;;) {
    const result = env.step(policy(observation) as Float32Array);
    observation = result.observation;
    expect(env.observationSpace.contains(observation)).toBe(true);
    contacts.add(`${observation[8]}${observation[13]}`);
    total += result.reward;
    if (!result.terminated) continue;
    expect(result.reward).toBeGreaterThan(-1);
    break;
  }
  expect([...contacts].sort()).toEqual(['00', '01', '10', '11']);
  expect(total).toBeGreaterThan(280);
});

test('hardcore has obstacles that the lidar sees', () => {
  const first = (id: string) => makeWalker(id).reset({ seed: 0 }).observation.subarray(14);
  expect(first('BipedalWalkerHardcore-v3')).toHaveLength(10);
  const env = new BipedalWalker({ hardcore: true });
  env.reset({ seed: 0 });
  const { world } = env as unknown as { world: { terrain: { blocks: unknown[] } } };
  expect(world.terrain.blocks.length).toBeGreaterThan(5);
});

test('the picture: sky, earth under grass, a violet hull', () => {
  const env = new BipedalWalker();
  env.reset({ seed: 2 });
  const painter = new Rasterizer(env.screen);
  env.draw(painter);
  const pixel = (x: number, y: number) => {
    const at = 3 * (600 * y + x);
    return (painter.pixels[at] << 16) | (painter.pixels[at + 1] << 8) | painter.pixels[at + 2];
  };
  expect(pixel(300, 395)).toBe(0x66994c);
  expect(pixel(110, 230)).toBe(0x7f33e5);
  const row = Array.from({ length: 600 }, (_, x) => pixel(x, 2));
  expect(row).toContain(0xd7d7ff);
});
