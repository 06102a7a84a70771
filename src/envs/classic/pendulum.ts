/**
 * @file Pendulum: swing a rod up and keep it there with a bounded torque.
 * The state is [angle from upright, angular velocity, the last torque (to be drawn)].
 */
import type { Generator } from '../../random/index.js';
import type { Painter } from '../../recording/index.js';
import { Box, numberOption } from '../core/index.js';
import { Dynamics, type ResetSettings } from './dynamics.js';

const { cos, max, min, PI, sin } = Math;

const MAX_SPEED = 8;
const MAX_TORQUE = 2;
const TAU = 0.05;

/** The angle in [-pi, pi), by Python's remainder, which has the sign of the divisor. */
function normalizeAngle(angle: number): number {
  let rest = (angle + PI) % (2 * PI);
  if (rest < 0) rest += 2 * PI;
  return rest - PI;
}

export class Pendulum extends Dynamics<Float32Array, Float32Array> {
  readonly observationSpace = new Box({ low: [-1, -1, -MAX_SPEED], high: [1, 1, MAX_SPEED] });
  readonly actionSpace = new Box({ low: -MAX_TORQUE, high: MAX_TORQUE, shape: [1] });
  readonly fps = 30;
  readonly screen = { width: 500, height: 500 };
  readonly stateSize = 3;
  private readonly pull: number;

  /** @param gravity in m/s^2 */
  constructor(gravity = 10) {
    super();
    this.pull = (3 * gravity) / 2;
  }

  reset(state: Float64Array, at: number, rng: Generator, settings: ResetSettings): void {
    const angle = numberOption({ xInit: PI, ...settings }, 'xInit');
    const spin = numberOption({ yInit: 1, ...settings }, 'yInit');
    state[at] = rng.uniform(-angle, angle);
    state[at + 1] = rng.uniform(-spin, spin);
    state[at + 2] = 0;
  }

  step(state: Float64Array, at: number, action: number): number {
    const angle = state[at];
    const spin = state[at + 1];
    const torque = max(-MAX_TORQUE, min(MAX_TORQUE, action));
    const deviation = normalizeAngle(angle);
    const cost = deviation * deviation + 0.1 * (spin * spin) + 0.001 * (torque * torque);
    const newSpin = max(-MAX_SPEED, min(MAX_SPEED, spin + (this.pull * sin(angle) + 3 * torque) * TAU));
    state[at] = angle + newSpin * TAU;
    state[at + 1] = newSpin;
    state[at + 2] = torque;
    return -cost;
  }

  observe(state: Float64Array, at: number, out: Float32Array, to: number): void {
    out[to] = cos(state[at]);
    out[to + 1] = sin(state[at]);
    out[to + 2] = state[at + 1];
  }

  draw(painter: Painter, state: Float64Array): void {
    painter.clear(0xffffff);
    void state;
  }
}
