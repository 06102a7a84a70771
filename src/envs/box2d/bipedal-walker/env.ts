/**
 * @file BipedalWalker-v3 (Klimov 2016, as Gymnasium 1.4 has it): walk to the far end on four motors without falling;
 * `hardcore` puts stumps, stairs and pits in the way. Random numbers are drawn in Gymnasium's order; planck computes in
 * doubles, so trajectories part from it in time.
 */
import type { Painter } from '../../../recording/index.js';
import {
  BaseEnv,
  Box,
  NO_INFO,
  type BaseEnvOptions,
  type ResetResult,
  type StepResult,
} from '../../core/index.js';
import { FPS, SCREEN } from '../physics.js';
import { drawWalker } from './drawing.js';
import { RAYS } from './lidar.js';
import { GRASS, LENGTH, SCALE, STEP } from './terrain.js';
import { WalkerWorld } from './world.js';

const { abs, min, PI, sign } = Math;

const MOTOR_TORQUE = 80;
const HIP_SPEED = 4;
const KNEE_SPEED = 6;
/** What the full torque of a motor costs in one step. */
const TORQUE_COST = 0.00035 * MOTOR_TORQUE;

// Hull: angle, turning, speeds; twice hip, its speed, knee, its speed, contact; the lidar.
const LEG_HIGH = [PI, 5, PI, 5, 5];
const HIGH = [PI, 5, 5, 5, ...LEG_HIGH, ...LEG_HIGH, ...new Array<number>(RAYS).fill(1)];
const LEG_LOW = [-PI, -5, -PI, -5, 0];
const LOW = [-PI, -5, -5, -5, ...LEG_LOW, ...LEG_LOW, ...new Array<number>(RAYS).fill(-1)];

export interface BipedalWalkerOptions extends BaseEnvOptions {
  /** Stumps, stairs and pits. Default false. */
  hardcore?: boolean;
}

/** Actions: torques in [-1, 1] of hip and knee of the first leg, then of the second. */
export class BipedalWalker extends BaseEnv<Float32Array, Float32Array> {
  readonly observationSpace = new Box({ low: LOW, high: HIGH });
  readonly actionSpace = new Box({ low: -1, high: 1, shape: [4] });
  readonly fps = FPS;
  override readonly screen = SCREEN;
  private readonly hardcore: boolean;
  private world!: WalkerWorld;
  private shaping: number | undefined;
  private steps = 0;

  constructor({ hardcore = false, ...base }: BipedalWalkerOptions = {}) {
    super(base);
    this.hardcore = hardcore;
  }

  protected override start(): ResetResult<Float32Array> {
    this.world = new WalkerWorld(this.rng, this.hardcore);
    this.shaping = undefined;
    this.steps = 0;
    // The reference's first observation is the one after a step without torque.
    const { observation } = this.step(new Float32Array(4));
    return { observation, info: NO_INFO };
  }

  override step(action: Float32Array): StepResult<Float32Array> {
    const { world } = this;
    world.joints.forEach((joint, i) => {
      joint.setMotorSpeed((i % 2 === 0 ? HIP_SPEED : KNEE_SPEED) * sign(action[i]));
      joint.setMaxMotorTorque(MOTOR_TORQUE * min(abs(action[i]), 1));
    });
    world.step();
    this.steps++;

    const { x, y } = world.hull.getPosition();
    world.lidar.cast(x, y);
    const observation = this.observe();
    // Forward is good, 300 points to the far end; so is an upright head.
    const shaping = (130 * x) / SCALE - 5 * abs(world.hull.getAngle());
    let reward = this.shaping === undefined ? 0 : shaping - this.shaping;
    this.shaping = shaping;
    for (const torque of action) reward -= TORQUE_COST * min(abs(torque), 1);
    let terminated = x > (LENGTH - GRASS) * STEP;
    if (world.fallen || x < 0) [terminated, reward] = [true, -100];
    return { observation, reward, terminated, truncated: false, info: NO_INFO };
  }

  override draw(painter: Painter): void {
    drawWalker(painter, this.world, this.steps);
  }

  private observe(): Float32Array {
    const { hull, joints, legContact, lidar } = this.world;
    const velocity = hull.getLinearVelocity();
    const state = new Float32Array(14 + RAYS);
    state[0] = hull.getAngle();
    state[1] = (2 * hull.getAngularVelocity()) / FPS;
    state[2] = (0.3 * velocity.x * (SCREEN.width / SCALE)) / FPS;
    state[3] = (0.3 * velocity.y * (SCREEN.height / SCALE)) / FPS;
    for (let leg = 0; leg < 2; leg++) {
      const [hip, knee] = [joints[2 * leg], joints[2 * leg + 1]];
      const at = 4 + 5 * leg;
      state[at] = hip.getJointAngle();
      state[at + 1] = hip.getJointSpeed() / HIP_SPEED;
      state[at + 2] = knee.getJointAngle() + 1;
      state[at + 3] = knee.getJointSpeed() / KNEE_SPEED;
      state[at + 4] = legContact[leg] ? 1 : 0;
    }
    state.set(lidar.fractions, 14);
    return state;
  }
}
