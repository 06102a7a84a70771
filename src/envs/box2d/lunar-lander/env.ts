/**
 * @file LunarLander-v3 (Klimov 2016, as Gymnasium 1.4 has it): land between the flags, softly and with little fuel.
 * Random numbers are drawn in Gymnasium's order; planck computes in doubles, so trajectories part from it in time.
 */
import { UserError } from '../../../errors.js';
import type { Painter } from '../../../recording/index.js';
import {
  BaseEnv,
  Box,
  Discrete,
  NO_INFO,
  type BaseEnvOptions,
  type ResetResult,
  type Space,
  type StepResult,
} from '../../core/index.js';
import { FPS, SCREEN } from '../physics.js';
import { drawLander } from './drawing.js';
import { Exhaust } from './exhaust.js';
import { HEIGHT, LanderWorld, LEG_DOWN, PAD_Y, SCALE, WIDTH } from './world.js';

const { abs, cos, min, PI, sign, sin, sqrt, tanh } = Math;

const MAIN_POWER = 13;
const SIDE_POWER = 0.6;
/** Where the engines push: the main one below the middle; the side ones away from it and above. */
const MAIN_DOWN = 4 / SCALE;
const SIDE_AWAY = 12 / SCALE;
const SIDE_UP = 14 / SCALE;
const SIDE_BACK = 17 / SCALE;

const HIGH = [2.5, 2.5, 10, 10, 2 * PI, 10, 1, 1];
const LOW = [...HIGH.slice(0, 6).map((value) => -value), 0, 0];

export interface LunarLanderOptions extends BaseEnvOptions {
  /** Throttles in [-1, 1] of the main and the side engines instead of four actions. Default false. */
  continuous?: boolean;
  /** Between -12 and 0. Default -10. */
  gravity?: number;
  /** Wind that pushes and turns the lander until a leg touches. Default false. */
  enableWind?: boolean;
  /** The greatest force of the wind, 0 to 20 recommended. Default 15. */
  windPower?: number;
  /** The greatest torque of the wind, 0 to 2 recommended. Default 1.5. */
  turbulencePower?: number;
}

/** Actions: 0 nothing, 1 left engine, 2 main engine, 3 right engine; or [main, side] when `continuous`. */
export type LanderAction = number | Float32Array;

export class LunarLander extends BaseEnv<Float32Array, LanderAction> {
  readonly observationSpace = new Box({ low: LOW, high: HIGH });
  readonly actionSpace: Space<LanderAction>;
  readonly fps = FPS;
  override readonly screen = SCREEN;
  private readonly gravity: number;
  private readonly enableWind: boolean;
  private readonly windPower: number;
  private readonly turbulencePower: number;
  private world!: LanderWorld;
  private exhaust!: Exhaust;
  /** Where the wind's two waves are; they move on with each step in the air. */
  private windIndex = 0;
  private turbulenceIndex = 0;
  private shaping: number | undefined;

  /** @throws UserError for a gravity outside of (-12, 0). */
  constructor({
    continuous = false,
    gravity = -10,
    enableWind = false,
    windPower = 15,
    turbulencePower = 1.5,
    ...base
  }: LunarLanderOptions = {}) {
    super(base);
    if (!(gravity > -12 && gravity < 0)) {
      throw new UserError(`LunarLander: expected a gravity between -12 and 0, found ${gravity}.`);
    }
    this.actionSpace = continuous ? new Box({ low: -1, high: 1, shape: [2] }) : new Discrete(4);
    this.gravity = gravity;
    this.enableWind = enableWind;
    this.windPower = windPower;
    this.turbulencePower = turbulencePower;
  }

  protected override start(): ResetResult<Float32Array> {
    this.world = new LanderWorld(this.rng, this.gravity);
    this.exhaust = new Exhaust();
    this.shaping = undefined;
    if (this.enableWind) {
      this.windIndex = this.rng.integers(-9999, 9999);
      this.turbulenceIndex = this.rng.integers(-9999, 9999);
    }
    // The reference's first observation is the one after a step without engines.
    const { observation } = this.advance(0, 0);
    return { observation, info: NO_INFO };
  }

  override step(action: LanderAction): StepResult<Float32Array> {
    if (typeof action === 'number') {
      return this.advance(action === 2 ? 1 : 0, action === 1 ? -1 : action === 3 ? 1 : 0);
    }
    const [main, side] = action;
    // An engine that runs, runs with half of its power at least.
    return this.advance(
      main > 0 ? (min(main, 1) + 1) / 2 : 0,
      abs(side) > 0.5 ? sign(side) * min(abs(side), 1) : 0,
    );
  }

  override draw(painter: Painter): void {
    drawLander(painter, this.world, this.exhaust);
  }

  /** A step with powers of the main engine in [0, 1] and of the side engines in [-1, 1], negative for the left one. */
  private advance(main: number, side: number): StepResult<Float32Array> {
    const { world } = this;
    const { lander, legContact } = world;
    if (this.enableWind && !legContact[0] && !legContact[1]) this.blow();
    // Both numbers are drawn in every step, needed or not.
    const dispersionX = this.rng.uniform(-1, 1) / SCALE;
    const dispersionY = this.rng.uniform(-1, 1) / SCALE;
    if (main !== 0) this.fireMain(main, dispersionX, dispersionY);
    if (side !== 0) this.fireSide(side, dispersionX, dispersionY);
    world.step();
    this.exhaust.step(this.gravity, (x) => world.surfaceAt(x));

    const position = lander.getPosition();
    const velocity = lander.getLinearVelocity();
    const x = (position.x - WIDTH / 2) / (WIDTH / 2);
    const y = (position.y - (PAD_Y + LEG_DOWN)) / (HEIGHT / 2);
    const vx = (velocity.x * (WIDTH / 2)) / FPS;
    const vy = (velocity.y * (HEIGHT / 2)) / FPS;
    const angle = lander.getAngle();
    const firstLeg = legContact[0] ? 1 : 0;
    const secondLeg = legContact[1] ? 1 : 0;
    const observation = new Float32Array(8);
    observation[0] = x;
    observation[1] = y;
    observation[2] = vx;
    observation[3] = vy;
    observation[4] = angle;
    observation[5] = (20 * lander.getAngularVelocity()) / FPS;
    observation[6] = firstLeg;
    observation[7] = secondLeg;

    // Nearer, slower and more upright is better, each leg on the ground is worth 10; only changes are rewarded.
    const shaping =
      -100 * sqrt(x * x + y * y) -
      100 * sqrt(vx * vx + vy * vy) -
      100 * abs(angle) +
      10 * firstLeg +
      10 * secondLeg;
    let reward = this.shaping === undefined ? 0 : shaping - this.shaping;
    this.shaping = shaping;
    reward -= 0.3 * main + 0.03 * abs(side);
    let terminated = false;
    if (world.crashed || abs(x) >= 1) [terminated, reward] = [true, -100];
    if (!lander.isAwake()) [terminated, reward] = [true, 100];
    return { observation, reward, terminated, truncated: false, info: NO_INFO };
  }

  /** Two waves whose periods have no common multiple, so that no gust comes back. */
  private blow(): void {
    const wave = (index: number) => tanh(sin(0.02 * index) + sin(PI * 0.01 * index));
    const { lander } = this.world;
    lander.applyForceToCenter({ x: wave(this.windIndex++) * this.windPower, y: 0 }, true);
    lander.applyTorque(wave(this.turbulenceIndex++) * this.turbulencePower, true);
  }

  private fireMain(power: number, dispersionX: number, dispersionY: number): void {
    const angle = this.world.lander.getAngle();
    const [tipX, tipY] = [sin(angle), cos(angle)];
    const down = MAIN_DOWN + 2 * dispersionX;
    const x = tipX * down - tipY * dispersionY;
    const y = -tipY * down - tipX * dispersionY;
    this.push(x, y, x, y, MAIN_POWER * power, 3.5, power);
  }

  private fireSide(side: number, dispersionX: number, dispersionY: number): void {
    const angle = this.world.lander.getAngle();
    const [tipX, tipY] = [sin(angle), cos(angle)];
    const out = 3 * dispersionY + sign(side) * SIDE_AWAY;
    const x = tipX * dispersionX - tipY * out;
    const y = -tipY * dispersionX - tipX * out;
    // The place of the side engines is the reference's, though it is not fixed to the hull when that is tilted.
    this.push(x, y, x - tipX * SIDE_BACK, y + tipY * SIDE_UP, SIDE_POWER * abs(side), 0.7, abs(side));
  }

  /** An engine at (offsetX, offsetY) from the lander throws sparks along (x, y), and the lander the other way. */
  private push(
    x: number,
    y: number,
    offsetX: number,
    offsetY: number,
    strength: number,
    density: number,
    life: number,
  ): void {
    const { lander } = this.world;
    const position = lander.getPosition();
    const at = { x: position.x + offsetX, y: position.y + offsetY };
    this.exhaust.emit(at.x, at.y, x * strength, y * strength, density, life);
    lander.applyLinearImpulse({ x: -x * strength, y: -y * strength }, at, true);
  }
}
