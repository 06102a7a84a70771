/** @file What the equations must have whatever the numbers: mirror images, walls, limits; and the options. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Acrobot } from '../../../src/envs/classic/acrobot.js';
import { CartPole } from '../../../src/envs/classic/cart-pole.js';
import type { Dynamics } from '../../../src/envs/classic/dynamics.js';
import { MountainCar, MountainCarContinuous } from '../../../src/envs/classic/mountain-car.js';
import { Pendulum } from '../../../src/envs/classic/pendulum.js';
import { make } from '../../../src/envs/index.js';

const number = (bound: number) => fc.double({ min: -bound, max: bound, noNaN: true });
const firstOf = (id: string, options: Record<string, unknown>) =>
  make<Float32Array>(id).reset({ seed: 3, options }).observation;

/** A step of a state and of its mirror image leads to mirror images, and pays the same. */
function expectMirrored<Action extends number | Float32Array, Actions>(
  dynamics: Dynamics<Action, Actions>,
  state: readonly number[],
  [action, mirrored]: readonly [number, number],
): void {
  const one = Float64Array.from(state);
  const other = one.map((value) => -value);
  const reward = dynamics.step(one, 0, action);
  const { terminated } = dynamics;
  expect(dynamics.step(other, 0, mirrored)).toBeCloseTo(reward, 9);
  expect(dynamics.terminated).toBe(terminated);
  one.forEach((value, i) => expect(other[i]).toBeCloseTo(-value, 9));
}

describe('mirror images', () => {
  test('CartPole', () => {
    const states = fc.tuple(number(2), number(3), number(0.2), number(3));
    fc.assert(fc.property(states, (state) => expectMirrored(new CartPole(), state, [1, 0])));
  });

  test('Pendulum', () => {
    // Not at an angle of pi: its cost is that of -pi.
    const states = fc.tuple(number(3), number(7), fc.constant(0), number(3));
    fc.assert(
      fc.property(states, ([angle, spin, last, torque]) =>
        expectMirrored(new Pendulum(), [angle, spin, last], [torque, -torque]),
      ),
    );
  });

  test('Acrobot', () => {
    const states = fc.tuple(number(1), number(1), number(4), number(9));
    fc.assert(fc.property(states, (state) => expectMirrored(new Acrobot(), state, [2, 0])));
  });
});

describe('CartPole', () => {
  test.each([
    ['far left', [-2.39, -1, 0, 0], true],
    ['far right', [2.39, 1, 0, 0], true],
    ['leaning 12 degrees', [0, 0, 0.209, 1], true],
    ['in the middle', [0, 0, 0, 0], false],
  ])('%s: %p', (_, state, ends) => {
    const dynamics = new CartPole();
    dynamics.step(Float64Array.from(state), 0, 1);
    expect(dynamics.terminated).toBe(ends);
  });

  test('the reward of Sutton and Barto is -1 at the end only', () => {
    const env = make<Float32Array, number>('CartPole-v1', { suttonBartoReward: true });
    env.reset({ seed: 0 });
    const rewards: number[] = [];
    for (let ended = false; !ended;) {
      const { reward, terminated } = env.step(1);
      rewards.push(reward);
      ended = terminated;
    }
    expect(rewards.length).toBeGreaterThan(5);
    expect(rewards.pop()).toBe(-1);
    expect(new Set(rewards)).toEqual(new Set([0]));
  });

  test('bounds of the first state', () => {
    expect([...firstOf('CartPole-v1', { low: 0.1, high: 0.1 })]).toEqual(new Array(4).fill(Math.fround(0.1)));
    expect(() => firstOf('CartPole-v1', { low: 1 })).toThrow(
      'expected low <= high, found low 1 and high 0.05.',
    );
    expect(() => firstOf('CartPole-v1', { low: '1' })).toThrow('low: expected a number, found "1".');
  });
});

describe('MountainCar', () => {
  test('the wall stops it, the flag ends it', () => {
    const dynamics = new MountainCar();
    const state = Float64Array.of(-1.19, -0.06);
    expect(dynamics.step(state, 0, 0)).toBe(-1);
    expect([...state]).toEqual([-1.2, 0]);
    expect(dynamics.terminated).toBe(false);
    dynamics.step(Float64Array.of(0.46, 0.06), 0, 2);
    expect(dynamics.terminated).toBe(true);
  });

  test('a goal velocity that it does not have', () => {
    const dynamics = new MountainCar(0.07);
    dynamics.step(Float64Array.of(0.46, 0.05), 0, 2);
    expect(dynamics.terminated).toBe(false);
  });

  test('full power into the direction of motion reaches the flag', () => {
    const env = make<Float32Array, number>('MountainCar-v0');
    let { observation } = env.reset({ seed: 1 }) as { observation: Float32Array };
    let steps = 0;
    for (let ended = false; !ended; steps++) {
      const result = env.step(observation[1] < 0 ? 0 : 2);
      observation = result.observation;
      expect(result.truncated).toBe(false);
      ended = result.terminated;
    }
    expect(steps).toBeLessThan(150);
  });
});

describe('MountainCarContinuous', () => {
  test('pays 100 at the flag, and charges for the force asked for, though it is clipped', () => {
    const dynamics = new MountainCarContinuous();
    expect(dynamics.step(Float64Array.of(0.44, 0.06), 0, 1)).toBeCloseTo(99.9);
    const [one, three] = [Float64Array.of(-0.5, 0), Float64Array.of(-0.5, 0)];
    expect(dynamics.step(one, 0, 1)).toBeCloseTo(-0.1);
    expect(dynamics.step(three, 0, 3)).toBeCloseTo(-0.9);
    expect(three).toEqual(one);
  });

  test('the state is float32', () => {
    const state = Float64Array.of(-0.5, 0);
    new MountainCarContinuous().step(state, 0, 0.3);
    expect([...state]).toEqual([...Float32Array.from(state)]);
  });
});

describe('Pendulum', () => {
  test('upright and at rest costs nothing, hanging most', () => {
    const dynamics = new Pendulum();
    expect(dynamics.step(Float64Array.of(0, 0, 0), 0, 0)).toBeCloseTo(0);
    expect(dynamics.step(Float64Array.of(Math.PI, 0, 0), 0, 0)).toBeCloseTo(-(Math.PI ** 2));
  });

  test.each([7, -7])('whole turns do not change the cost: %i', (turns) => {
    const cost = (angle: number) => new Pendulum().step(Float64Array.of(angle, 0.5, 0), 0, 0.2);
    expect(cost(1 + 2 * Math.PI * turns)).toBeCloseTo(cost(1), 9);
  });

  test('torque and speed are clipped', () => {
    const [two, five] = [Float64Array.of(3, 7.9, 0), Float64Array.of(3, 7.9, 0)];
    const dynamics = new Pendulum();
    expect(dynamics.step(five, 0, 5)).toBe(dynamics.step(two, 0, 2));
    expect(five).toEqual(two);
    expect(five[1]).toBe(8);
  });

  test('without gravity nothing moves by itself', () => {
    const state = Float64Array.of(1, 0, 0);
    new Pendulum(0).step(state, 0, 0);
    expect([...state]).toEqual([1, 0, 0]);
  });

  test('bounds of the first state', () => {
    expect([...firstOf('Pendulum-v1', { xInit: 0, yInit: 0 })]).toEqual([1, 0, 0]);
    expect(() => firstOf('Pendulum-v1', { xInit: NaN })).toThrow('xInit: expected a number, found NaN.');
  });
});

describe('Acrobot', () => {
  test('hanging at rest without torque it stays', () => {
    const state = new Float64Array(4);
    expect(new Acrobot().step(state, 0, 1)).toBe(-1);
    state.forEach((value) => expect(value).toBeCloseTo(0, 12));
  });

  test('above the line ends it with reward 0', () => {
    const dynamics = new Acrobot();
    expect(dynamics.step(Float64Array.of(3, 0, 0, 0), 0, 1)).toBe(0);
    expect(dynamics.terminated).toBe(true);
  });

  test('angles stay within half a turn, velocities within their limits', () => {
    const dynamics = new Acrobot();
    const states = fc.tuple(
      number(3.14),
      number(3.14),
      number(12),
      number(28),
      fc.integer({ min: 0, max: 2 }),
    );
    fc.assert(
      fc.property(states, ([...values]) => {
        const action = values.pop()!;
        const state = Float64Array.from(values);
        dynamics.step(state, 0, action);
        const observation = new Float32Array(6);
        dynamics.observe(state, 0, observation, 0);
        expect(Math.max(Math.abs(state[0]), Math.abs(state[1]))).toBeLessThanOrEqual(Math.PI);
        expect(dynamics.observationSpace.contains(observation)).toBe(true);
      }),
    );
  });
});
