/** @file What the drawings show at the size that agents see them. */
import { describe, expect, test } from '@jest/globals';
import { Acrobot } from '../../../src/envs/classic/acrobot.js';
import { CartPole } from '../../../src/envs/classic/cart-pole.js';
import type { Dynamics } from '../../../src/envs/classic/dynamics.js';
import { MountainCar, MountainCarContinuous } from '../../../src/envs/classic/mountain-car.js';
import { Pendulum } from '../../../src/envs/classic/pendulum.js';
import { Rasterizer } from '../../../src/recording/index.js';

type AnyDynamics = Pick<Dynamics<never, never>, 'draw' | 'screen'>;

function picture(dynamics: AnyDynamics, state: readonly number[], side?: number): Rasterizer {
  const painter = new Rasterizer(dynamics.screen, { width: side, height: side });
  dynamics.draw(painter, Float64Array.from(state));
  return painter;
}

/** The colour at a point of the screen's coordinates, in full size. */
function colorAt(dynamics: AnyDynamics, state: readonly number[], x: number, y: number): number {
  const { pixels, width } = picture(dynamics, state);
  const at = 3 * (Math.floor(y) * width + Math.floor(x));
  return (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];
}

/** The mean column of what is not white, weighted by its darkness. */
function center({ pixels, width }: Rasterizer): number {
  let [sum, weights] = [0, 0];
  for (let i = 0; i < pixels.length / 3; i++) {
    const weight = 255 - pixels[3 * i + 1];
    sum += weight * (i % width);
    weights += weight;
  }
  return sum / weights;
}

describe.each<[string, AnyDynamics, number[], number[]]>([
  ['CartPole', new CartPole(), [0.1, 0, 0.05, 0], [0.101, 0, 0.05, 0]],
  ['CartPole, pole only', new CartPole(), [0.1, 0, 0.05, 0], [0.1, 0, 0.052, 0]],
  ['MountainCar', new MountainCar(), [-0.5, 0], [-0.499, 0]],
  ['MountainCarContinuous', new MountainCarContinuous(), [-0.5, 0], [-0.499, 0]],
  ['Pendulum', new Pendulum(), [1, 0, 0], [1.005, 0, 0]],
  ['Pendulum, torque only', new Pendulum(), [1, 0, 1], [1, 0, -1]],
  ['Acrobot', new Acrobot(), [0.3, 0.4, 0, 0], [0.3, 0.405, 0, 0]],
])('%s at 84x84', (_, dynamics, state, next) => {
  test('motion by less than a pixel is seen', () => {
    const [before, again, after] = [state, state, next].map((at) =>
      Buffer.from(picture(dynamics, at, 84).pixels),
    );
    expect(again.equals(before)).toBe(true);
    expect(after.equals(before)).toBe(false);
  });
});

test('the cart is as far right as its position says, to a fraction of a pixel', () => {
  const cart = (position: number) => center(picture(new CartPole(), [position, 0, 0, 0], 84));
  const track = cart(0);
  expect(cart(0.4) - track).toBeGreaterThan(0);
  expect(cart(0.404) - track).toBeGreaterThan(cart(0.402) - track);
});

test('things are where they belong, in the colours of the reference', () => {
  const cartPole = new CartPole();
  expect(colorAt(cartPole, [0, 0, 0, 0], 300, 200)).toBe(0xca9865);
  expect(colorAt(cartPole, [1.2, 0, 0, 0], 450, 305)).toBe(0x000000);
  expect(colorAt(cartPole, [0, 0, 0.2, 0], 300 + 100 * Math.sin(0.2), 292.5 - 100 * Math.cos(0.2))).toBe(
    0xca9865,
  );
  const pendulum = new Pendulum();
  expect(colorAt(pendulum, [0, 0, 0], 250, 160)).toBe(0xcc4d4d);
  // Positive angles are counter-clockwise.
  expect(colorAt(pendulum, [Math.PI / 2, 0, 0], 160, 250)).toBe(0xcc4d4d);
  const acrobot = new Acrobot();
  expect(colorAt(acrobot, [0, 0, 0, 0], 250, 450)).toBe(0x00cccc);
  expect(colorAt(acrobot, [Math.PI / 2, 0, 0, 0], 450, 250)).toBe(0x00cccc);
  expect(colorAt(acrobot, [0, 0, 0, 0], 250, 250)).toBe(0xcccc00);
});
