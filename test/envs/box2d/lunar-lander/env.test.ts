import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../../../src/errors.js';
import { heuristicFor, make, type Env } from '../../../../src/envs/index.js';
import { LunarLander } from '../../../../src/envs/box2d/lunar-lander/env.js';
import { Generator } from '../../../../src/random/index.js';
import { Rasterizer } from '../../../../src/recording/index.js';

type Action = number | Float32Array;
type Lander = Env<Float32Array, Action>;

/** What the reference rewards the changes of, from an observation. */
function shaping([x, y, vx, vy, angle, , firstLeg, secondLeg]: Float32Array): number {
  return -100 * (Math.hypot(x, y) + Math.hypot(vx, vy) + Math.abs(angle)) + 10 * (firstLeg + secondLeg);
}

/** A step's reward beside the change of the shaping: minus the fuel. */
function fuel(env: Lander, action: Action): number {
  const before = shaping(env.reset({ seed: 4 }).observation);
  const { observation, reward } = env.step(action);
  return shaping(observation) - before - reward;
}

/** Plays until the end and gives the last step. */
function play(env: Lander, seed: number, policy: (observation: Float32Array) => Action) {
  let { observation } = env.reset({ seed });
  for (;;) {
    const result = env.step(policy(observation));
    observation = result.observation;
    if (result.terminated || result.truncated) return result;
  }
}

test("the first observation under seed 42 is Gymnasium's", () => {
  const { observation } = make<Float32Array>('LunarLander-v3').reset({ seed: 42 });
  const expected = [0.00229702, 1.4181306, 0.2326471, 0.3204666, -0.00265488, -0.05269805, 0, 0];
  expected.forEach((value, i) => expect(observation[i]).toBeCloseTo(value, 6));
});

test('a seed determines the episode, drawn or not', () => {
  const [plain, drawn] = [new LunarLander(), new LunarLander({ renderMode: 'rgb_array' })];
  expect(drawn.reset({ seed: 7 })).toEqual(plain.reset({ seed: 7 }));
  for (let step = 0; step < 120; step++) {
    expect(drawn.step(step % 4)).toEqual(plain.step(step % 4));
    drawn.render();
  }
  // Without a seed the generator goes on.
  expect(plain.reset().observation).not.toEqual(plain.reset().observation);
});

test.each([
  [false, 0],
  [true, 2],
])('numbers are drawn in the order of the reference (wind: %s)', (enableWind, windDraws) => {
  const env = new LunarLander({ enableWind });
  env.reset({ seed: 3 });
  for (let step = 0; step < 5; step++) env.step(0);
  const expected = new Generator(3);
  for (let i = 0; i < 12 + 2; i++) expected.random();
  for (let i = 0; i < windDraws; i++) expected.integers(-9999, 9999);
  // Two a step, idle or not; reset takes one step itself.
  for (let i = 0; i < 2 * 6; i++) expected.random();
  expect(env.rng.getState()).toEqual({ ...expected.getState() });
});

test('fuel costs 0.3 a step of the main engine and 0.03 of a side engine', () => {
  const env = make<Float32Array, Action>('LunarLander-v3');
  expect([0, 1, 2, 3].map((action) => fuel(env, action))).toEqual(
    [0, 0.03, 0.3, 0.03].map((cost) => expect.closeTo(cost, 4)),
  );
});

test('throttles: the main engine from half power up, the side engines beyond a half', () => {
  const env = make<Float32Array, Action>('LunarLanderContinuous-v3');
  const cost = (main: number, side: number) => fuel(env, Float32Array.of(main, side));
  expect(cost(-1, 0.5)).toBeCloseTo(0, 4);
  expect(cost(0.5, 0)).toBeCloseTo(0.3 * 0.75, 4);
  expect(cost(1, 0)).toBeCloseTo(0.3, 4);
  expect(cost(0, -0.75)).toBeCloseTo(0.03 * 0.75, 4);
});

test('engines push: up, and to either side', () => {
  const env = make<Float32Array, Action>('LunarLander-v3');
  const after = (action: number) => {
    env.reset({ seed: 1 });
    for (let step = 0; step < 5; step++) env.step(action);
    return env.step(action).observation;
  };
  const [idle, one, main, three] = [0, 1, 2, 3].map(after);
  expect(main[3]).toBeGreaterThan(idle[3] + 0.05);
  // Above the middle of the hull: 1 pushes to the left and turns counterclockwise, 3 the other way.
  expect(one[2]).toBeLessThan(idle[2]);
  expect(one[5]).toBeGreaterThan(idle[5]);
  expect(three[2]).toBeGreaterThan(idle[2]);
  expect(three[5]).toBeLessThan(idle[5]);
});

test("each leg tells of its own contact: the first number is the right leg's, as in the reference", () => {
  const env = make<Float32Array, Action>('LunarLander-v3');
  let { observation } = env.reset({ seed: 8 });
  // Leans to the right until it touches: down with the right leg.
  while (observation[6] + observation[7] === 0) {
    const [, y, , vy, angle, turn] = observation;
    const lean = 0.5 * (-0.3 - angle) - turn;
    const lift = -0.5 * vy - 0.25 * y - 0.08;
    let action = 0;
    if (lift > Math.abs(lean)) action = 2;
    else if (Math.abs(lean) > 0.05) action = lean > 0 ? 1 : 3;
    const result = env.step(action);
    observation = result.observation;
    expect(result.terminated).toBe(false);
  }
  expect(observation[4]).toBeLessThan(-0.1);
  expect([...observation.subarray(6)]).toEqual([1, 0]);
});

describe('the end', () => {
  test('landed: both legs on the ground, at rest, 100 points', () => {
    const env = make<Float32Array, Action>('LunarLander-v3');
    const policy = heuristicFor('LunarLander-v3')(env) as (observation: Float32Array) => Action;
    const { observation, reward, terminated } = play(env, 1, policy);
    expect([reward, terminated]).toEqual([100, true]);
    expect([...observation.subarray(6)]).toEqual([1, 1]);
    expect(Math.abs(observation[0])).toBeLessThan(0.2);
  });

  test('fallen: -100', () => {
    const { observation, reward, terminated } = play(make('LunarLander-v3'), 0, () => 0);
    expect([reward, terminated]).toEqual([-100, true]);
    expect(Math.abs(observation[0])).toBeLessThan(1);
  });

  test('flown away sideways: -100', () => {
    // Leans left and keeps its height.
    const fly = ([, y, , vy, angle, turn]: Float32Array) => {
      const lean = 0.5 * (0.4 - angle) - turn;
      if (vy < 0 || y < 1) return Math.abs(lean) < 0.05 ? 2 : lean > 0 ? 1 : 3;
      return 0;
    };
    const { observation, reward, terminated } = play(make('LunarLander-v3'), 3, fly);
    expect([reward, terminated]).toEqual([-100, true]);
    expect(Math.abs(observation[0])).toBeGreaterThanOrEqual(1);
  });

  test('after 1000 steps the limit cuts it off', () => {
    const env = make<Float32Array, Action>('LunarLander-v3', { gravity: -1e-6 });
    const hover = ([x, , vx, vy, angle, turn]: Float32Array) => {
      const lean = 0.5 * (0.5 * x + vx - angle) - turn;
      if (vy < -0.01) return 2;
      return lean > 0.05 ? 1 : lean < -0.05 ? 3 : 0;
    };
    const { terminated, truncated } = play(env, 2, hover);
    expect([terminated, truncated]).toEqual([false, true]);
  });
});

describe('options', () => {
  test('gravity: less of it, a slower fall', () => {
    const speed = (gravity: number) => {
      const env = make<Float32Array, Action>('LunarLander-v3', { gravity });
      env.reset({ seed: 5 });
      for (let step = 0; step < 30; step++) env.step(0);
      return env.step(0).observation[3];
    };
    expect(speed(-2) - speed(-10)).toBeCloseTo((8 * 32) / 50 / 7.5, 2);
    for (const gravity of [0, -12, NaN]) {
      expect(() => make('LunarLander-v3', { gravity })).toThrow(UserError);
    }
  });

  test('wind: pushes and turns the lander while it flies', () => {
    const drift = (options: Record<string, unknown>) => {
      const env = make<Float32Array, Action>('LunarLander-v3', options);
      env.reset({ seed: 6 });
      for (let step = 0; step < 20; step++) env.step(0);
      return env.step(0).observation;
    };
    const calm = drift({});
    const wind = drift({ enableWind: true, windPower: 20, turbulencePower: 0 });
    const turbulence = drift({ enableWind: true, windPower: 0, turbulencePower: 2 });
    expect(Math.abs(wind[2] - calm[2])).toBeGreaterThan(0.01);
    expect(Math.abs(turbulence[5] - calm[5])).toBeGreaterThan(0.01);
    expect(turbulence[2]).toBeCloseTo(calm[2], 2);
  });
});

test('the picture: black sky, white moon, a purple lander, and sparks while an engine runs', () => {
  const env = new LunarLander();
  env.reset({ seed: 0 });
  for (let step = 0; step < 40; step++) env.step(0);
  const painter = new Rasterizer(env.screen);
  const colors = () => {
    env.draw(painter);
    const found = new Set<number>();
    for (let i = 0; i < painter.pixels.length; i += 3) {
      found.add((painter.pixels[i] << 16) | (painter.pixels[i + 1] << 8) | painter.pixels[i + 2]);
    }
    return found;
  };
  const pixel = (x: number, y: number) => [
    ...painter.pixels.subarray(3 * (600 * y + x), 3 * (600 * y + x) + 3),
  ];
  const calm = colors();
  expect(pixel(5, 5)).toEqual([0, 0, 0]);
  expect(pixel(300, 390)).toEqual([255, 255, 255]);
  expect(calm).toContain(0x8066e6);
  expect(calm).toContain(0xcccc00);
  const isSpark = (color: number) => color >> 16 > 60 && ((color >> 8) & 255) < 140 && color >> 16 < 0xff;
  env.step(2);
  const firing = [...colors()].filter((color) => !calm.has(color) && isSpark(color));
  expect(firing.length).toBeGreaterThan(0);
});
