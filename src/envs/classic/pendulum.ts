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

const SCREEN = { width: 500, height: 500 };
const CENTER = 250;
/** The rod, of length 1, in the coordinates of the screen. */
const LENGTH = SCREEN.width / 4.4;
const ROD = 0xcc4d4d;
const ARROW = 0x30343a;

/** Three quarters of a ring with a tip, larger for more torque; counter-clockwise for a positive one. */
function drawTorque(painter: Painter, torque: number): void {
  const radius = (LENGTH * Math.abs(torque)) / 4.5;
  if (radius < 1) return;
  const width = 0.16 * radius;
  const turn = torque > 0 ? -1 : 1;
  const begin = (3 * PI) / 4;
  const sweep = 1.35 * PI;
  const steps = 24;
  const at = (part: number, distance: number): [number, number] => {
    const angle = turn > 0 ? begin + part * sweep : PI - begin - part * sweep;
    return [CENTER + distance * cos(angle), CENTER + distance * sin(angle)];
  };
  const ring: number[] = [];
  for (let i = 0; i <= steps; i++) ring.push(...at(i / steps, radius + width / 2));
  for (let i = steps; i >= 0; i--) ring.push(...at(i / steps, radius - width / 2));
  painter.polygon(ring, ARROW);
  painter.polygon([...at(1, radius + 2 * width), ...at(1, radius - 2 * width), ...at(1.16, radius)], ARROW);
}

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
  readonly screen = SCREEN;
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
    const [angle, , torque] = state;
    const endX = CENTER - LENGTH * sin(angle);
    const endY = CENTER - LENGTH * cos(angle);
    painter.clear(0xffffff);
    painter.line(CENTER, CENTER, endX, endY, 0.2 * LENGTH, ROD);
    painter.circle(CENTER, CENTER, 0.1 * LENGTH, ROD);
    painter.circle(endX, endY, 0.1 * LENGTH, ROD);
    drawTorque(painter, torque);
    painter.circle(CENTER, CENTER, 0.05 * LENGTH, 0x000000);
  }
}
