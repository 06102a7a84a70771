/**
 * @file CartPole: a pole on a cart that is pushed left or right, to be kept upright (Barto, Sutton and Anderson 1983).
 * The state is [position, velocity, angle, angular velocity]; metres, radians, seconds.
 */
import type { Generator } from '../../random/index.js';
import type { Painter } from '../../recording/index.js';
import { Box, Discrete } from '../core/index.js';
import { Dynamics, resetBounds, type ResetSettings } from './dynamics.js';

const { cos, sin } = Math;

const GRAVITY = 9.8;
const POLE_MASS = 0.1;
const TOTAL_MASS = 0.1 + 1;
const HALF_LENGTH = 0.5;
const POLE_MASS_LENGTH = POLE_MASS * HALF_LENGTH;
const FORCE = 10;
const TAU = 0.02;
const ANGLE_LIMIT = (12 * 2 * Math.PI) / 360;
const POSITION_LIMIT = 2.4;

export class CartPole extends Dynamics<number, Int32Array> {
  readonly observationSpace = new Box({
    low: [-2 * POSITION_LIMIT, -Infinity, -2 * ANGLE_LIMIT, -Infinity],
    high: [2 * POSITION_LIMIT, Infinity, 2 * ANGLE_LIMIT, Infinity],
  });
  readonly actionSpace = new Discrete(2);
  readonly fps = 50;
  readonly screen = { width: 600, height: 400 };
  readonly stateSize = 4;

  /** @param suttonBartoReward -1 for the step that ends the episode and 0 for all others, instead of 1 for each */
  constructor(private readonly suttonBartoReward = false) {
    super();
  }

  reset(state: Float64Array, at: number, rng: Generator, settings: ResetSettings): void {
    const [low, high] = resetBounds(settings, -0.05, 0.05);
    for (let i = 0; i < 4; i++) state[at + i] = rng.uniform(low, high);
  }

  step(state: Float64Array, at: number, action: number): number {
    const velocity = state[at + 1];
    const angle = state[at + 2];
    const spin = state[at + 3];
    const force = action === 1 ? FORCE : -FORCE;
    const c = cos(angle);
    const s = sin(angle);
    const push = (force + POLE_MASS_LENGTH * (spin * spin) * s) / TOTAL_MASS;
    const spinRate = (GRAVITY * s - c * push) / (HALF_LENGTH * (4 / 3 - (POLE_MASS * (c * c)) / TOTAL_MASS));
    const acceleration = push - (POLE_MASS_LENGTH * spinRate * c) / TOTAL_MASS;

    const newPosition = state[at] + TAU * velocity;
    const newAngle = angle + TAU * spin;
    state[at] = newPosition;
    state[at + 1] = velocity + TAU * acceleration;
    state[at + 2] = newAngle;
    state[at + 3] = spin + TAU * spinRate;
    this.terminated =
      newPosition < -POSITION_LIMIT ||
      newPosition > POSITION_LIMIT ||
      newAngle < -ANGLE_LIMIT ||
      newAngle > ANGLE_LIMIT;
    if (this.suttonBartoReward) return this.terminated ? -1 : 0;
    return 1;
  }

  observe(state: Float64Array, at: number, out: Float32Array, to: number): void {
    out[to] = state[at];
    out[to + 1] = state[at + 1];
    out[to + 2] = state[at + 2];
    out[to + 3] = state[at + 3];
  }

  draw(painter: Painter, state: Float64Array): void {
    const scale = this.screen.width / (2 * POSITION_LIMIT);
    const trackY = 300;
    const x = state[0] * scale + this.screen.width / 2;
    const axleY = trackY - 7.5;
    painter.clear(0xffffff);
    painter.line(0, trackY, this.screen.width, trackY, 2, 0x000000);
    painter.rectangle(x - 25, trackY - 15, 50, 30, 0x000000);
    // The pole begins half its width below the axle.
    const length = 2 * HALF_LENGTH * scale;
    const alongX = sin(state[2]);
    const alongY = -cos(state[2]);
    painter.line(
      x - 5 * alongX,
      axleY - 5 * alongY,
      x + (length - 5) * alongX,
      axleY + (length - 5) * alongY,
      10,
      0xca9865,
    );
    painter.circle(x, axleY, 5, 0x8184cb);
  }
}
