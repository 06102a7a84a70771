/**
 * @file MountainCar: a car too weak for the hill must swing up to the flag (Moore 1990); with three actions, or with a
 * force. The state is [position, velocity]; the hill's height over position x is sin(3x).
 */
import type { Generator } from '../../random/index.js';
import type { Painter } from '../../recording/index.js';
import { Box, Discrete } from '../core/index.js';
import { Dynamics, resetBounds, type ResetSettings } from './dynamics.js';
import { drawMountain, MOUNTAIN_SCREEN } from './mountain-drawing.js';

const { cos, fround, max, min } = Math;

const MIN_POSITION = -1.2;
const MAX_POSITION = 0.6;
const MAX_SPEED = 0.07;
const GRAVITY = 0.0025;

/** What both have in common: the world, the first state, the observation. */
abstract class Mountain<Action extends number | Float32Array, Actions> extends Dynamics<Action, Actions> {
  readonly observationSpace = new Box({
    low: [MIN_POSITION, -MAX_SPEED],
    high: [MAX_POSITION, MAX_SPEED],
  });
  readonly fps = 30;
  readonly screen = MOUNTAIN_SCREEN;
  readonly stateSize = 2;
  protected abstract readonly goal: number;

  /** @param goalVelocity the velocity that the car must have at the flag */
  constructor(private readonly goalVelocity = 0) {
    super();
  }

  reset(state: Float64Array, at: number, rng: Generator, settings: ResetSettings): void {
    const [low, high] = resetBounds(settings, -0.6, -0.4);
    state[at] = rng.uniform(low, high);
    state[at + 1] = 0;
  }

  /** Moves on with an acceleration; walls stop the car. */
  protected move(state: Float64Array, at: number, acceleration: number): void {
    let velocity = max(-MAX_SPEED, min(MAX_SPEED, state[at + 1] + acceleration));
    const position = max(MIN_POSITION, min(MAX_POSITION, state[at] + velocity));
    if (position === MIN_POSITION && velocity < 0) velocity = 0;
    state[at] = position;
    state[at + 1] = velocity;
    this.terminated = position >= this.goal && velocity >= this.goalVelocity;
  }

  observe(state: Float64Array, at: number, out: Float32Array, to: number): void {
    out[to] = state[at];
    out[to + 1] = state[at + 1];
  }

  draw(painter: Painter, state: Float64Array): void {
    drawMountain(painter, state[0], this.goal);
  }
}

export class MountainCar extends Mountain<number, Int32Array> {
  readonly actionSpace = new Discrete(3);
  protected readonly goal = 0.5;

  step(state: Float64Array, at: number, action: number): number {
    this.move(state, at, (action - 1) * 0.001 + cos(3 * state[at]) * -GRAVITY);
    return -1;
  }
}

export class MountainCarContinuous extends Mountain<Float32Array, Float32Array> {
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [1] });
  protected readonly goal = 0.45;

  step(state: Float64Array, at: number, action: number): number {
    const force = max(-1, min(1, action));
    this.move(state, at, force * 0.0015 - GRAVITY * cos(3 * state[at]));
    // Gymnasium keeps this state in float32 (after the first step), and charges for the force that was asked for.
    state[at] = fround(state[at]);
    state[at + 1] = fround(state[at + 1]);
    return (this.terminated ? 100 : 0) - action * action * 0.1;
  }
}
