/**
 * @file Acrobot: two links hang from a joint, the joint between them has a motor; swing the end above the line
 * (Sutton 1996, equations of Sutton and Barto's book). The state is [angle 1, angle 2, their velocities]; angle 2 is
 * relative to the first link.
 */
import type { Generator } from '../../random/index.js';
import type { Painter } from '../../recording/index.js';
import { Box, Discrete } from '../core/index.js';
import { Dynamics, resetBounds, type ResetSettings } from './dynamics.js';

const { cos, fround, max, min, PI, sin } = Math;

const TAU = 0.2;
const GRAVITY = 9.8;
const MAX_SPIN_1 = 4 * PI;
const MAX_SPIN_2 = 9 * PI;

/** The angle brought into [-pi, pi] by whole turns. */
function wrap(angle: number): number {
  while (angle > PI) angle -= 2 * PI;
  while (angle < -PI) angle += 2 * PI;
  return angle;
}

export class Acrobot extends Dynamics<number, Int32Array> {
  readonly observationSpace = new Box({
    low: [-1, -1, -1, -1, -MAX_SPIN_1, -MAX_SPIN_2],
    high: [1, 1, 1, 1, MAX_SPIN_1, MAX_SPIN_2],
  });
  readonly actionSpace = new Discrete(3);
  readonly fps = 15;
  readonly screen = { width: 500, height: 500 };
  readonly stateSize = 4;
  // The accelerations that `accelerate` found.
  private rate1 = 0;
  private rate2 = 0;

  reset(state: Float64Array, at: number, rng: Generator, settings: ResetSettings): void {
    const [low, high] = resetBounds(settings, -0.1, 0.1);
    for (let i = 0; i < 4; i++) state[at + i] = fround(rng.uniform(low, high));
  }

  /** The equations of motion for links of length 1, mass 1 (in the middle) and moment of inertia 1. */
  private accelerate(angle1: number, angle2: number, spin1: number, spin2: number, torque: number): void {
    const c2 = cos(angle2);
    const s2 = sin(angle2);
    const d1 = 0.25 + (1.25 + c2) + 1 + 1;
    const d2 = 0.25 + 0.5 * c2 + 1;
    const phi2 = 0.5 * GRAVITY * cos(angle1 + angle2 - PI / 2);
    const phi1 =
      -0.5 * (spin2 * spin2) * s2 - spin2 * spin1 * s2 + 1.5 * GRAVITY * cos(angle1 - PI / 2) + phi2;
    this.rate2 =
      (torque + (d2 / d1) * phi1 - 0.5 * (spin1 * spin1) * s2 - phi2) / (0.25 + 1 - (d2 * d2) / d1);
    this.rate1 = -(d2 * this.rate2 + phi1) / d1;
  }

  /** One step of the classic Runge-Kutta method. */
  step(state: Float64Array, at: number, action: number): number {
    const torque = action - 1;
    const half = TAU / 2;
    const angle1 = state[at];
    const angle2 = state[at + 1];
    const spin1 = state[at + 2];
    const spin2 = state[at + 3];

    this.accelerate(angle1, angle2, spin1, spin2, torque);
    const a1 = this.rate1;
    const a2 = this.rate2;
    const spinB1 = spin1 + half * a1;
    const spinB2 = spin2 + half * a2;
    this.accelerate(angle1 + half * spin1, angle2 + half * spin2, spinB1, spinB2, torque);
    const b1 = this.rate1;
    const b2 = this.rate2;
    const spinC1 = spin1 + half * b1;
    const spinC2 = spin2 + half * b2;
    this.accelerate(angle1 + half * spinB1, angle2 + half * spinB2, spinC1, spinC2, torque);
    const c1 = this.rate1;
    const c2 = this.rate2;
    const spinD1 = spin1 + TAU * c1;
    const spinD2 = spin2 + TAU * c2;
    this.accelerate(angle1 + TAU * spinC1, angle2 + TAU * spinC2, spinD1, spinD2, torque);

    const sixth = TAU / 6;
    const newAngle1 = wrap(angle1 + sixth * (spin1 + 2 * spinB1 + 2 * spinC1 + spinD1));
    const newAngle2 = wrap(angle2 + sixth * (spin2 + 2 * spinB2 + 2 * spinC2 + spinD2));
    const newSpin1 = spin1 + sixth * (a1 + 2 * b1 + 2 * c1 + this.rate1);
    const newSpin2 = spin2 + sixth * (a2 + 2 * b2 + 2 * c2 + this.rate2);
    state[at] = newAngle1;
    state[at + 1] = newAngle2;
    state[at + 2] = max(-MAX_SPIN_1, min(MAX_SPIN_1, newSpin1));
    state[at + 3] = max(-MAX_SPIN_2, min(MAX_SPIN_2, newSpin2));
    this.terminated = -cos(newAngle1) - cos(newAngle2 + newAngle1) > 1;
    return this.terminated ? 0 : -1;
  }

  observe(state: Float64Array, at: number, out: Float32Array, to: number): void {
    out[to] = cos(state[at]);
    out[to + 1] = sin(state[at]);
    out[to + 2] = cos(state[at + 1]);
    out[to + 3] = sin(state[at + 1]);
    out[to + 4] = state[at + 2];
    out[to + 5] = state[at + 3];
  }

  draw(painter: Painter, state: Float64Array): void {
    const { width } = this.screen;
    const center = width / 2;
    const length = width / 4.4;
    const angle2 = state[0] + state[1];
    const elbowX = center + length * sin(state[0]);
    const elbowY = center + length * cos(state[0]);
    painter.clear(0xffffff);
    painter.line(0, center - length, width, center - length, 2, 0x000000);
    painter.line(center, center, elbowX, elbowY, 0.2 * length, 0x00cccc);
    painter.circle(center, center, 0.1 * length, 0xcccc00);
    const endX = elbowX + length * sin(angle2);
    const endY = elbowY + length * cos(angle2);
    painter.line(elbowX, elbowY, endX, endY, 0.2 * length, 0x00cccc);
    painter.circle(elbowX, elbowY, 0.1 * length, 0xcccc00);
  }
}
