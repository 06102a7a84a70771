/**
 * @file CarRacing-v3 (Klimov 2016, as Gymnasium 1.4 has it): drive around a random track, seen from above. Random
 * numbers are drawn in Gymnasium's order.
 */
import { Rasterizer, type Painter } from '../../../recording/index.js';
import {
  BaseEnv,
  Box,
  Discrete,
  NO_INFO,
  type BaseEnvOptions,
  type Info,
  type ResetResult,
  type Space,
  type StepResult,
} from '../../core/index.js';
import { FPS, SCREEN } from '../physics.js';
import { Car } from './car.js';
import { drawRace, mixPalette, type Palette } from './drawing.js';
import { Road } from './road.js';
import { Skids } from './skids.js';
import { generateTrack, layTiles, PLAYFIELD } from './track.js';

const { abs } = Math;

/** Side of the observation, in pixels. */
const SIZE = 96;
/** Shared by the tiles of a track. */
const TRACK_REWARD = 1000;
const FRAME_COST = 0.1;
const OFF_FIELD = -100;

const PALETTE = mixPalette([102, 102, 102], [102, 204, 102], [102, 230, 102]);

const FINISHED: Info = Object.freeze({ lapFinished: true });
const LOST: Info = Object.freeze({ lapFinished: false });

/** Steering, gas and brake of the five discrete actions. */
const DISCRETE = [
  [0, 0, 0],
  [0.6, 0, 0],
  [-0.6, 0, 0],
  [0, 0.2, 0],
  [0, 0, 0.8],
];

export interface CarRacingOptions extends BaseEnvOptions {
  /** Steering, gas and brake; if false, five actions: nothing, right, left, gas, brake. Default true. */
  continuous?: boolean;
  /** The part of the tiles that must be visited before a lap counts, in [0, 1]. Default 0.95. */
  lapCompletePercent?: number;
  /** Draws new colours at each reset, unless that has `options: { randomize: false }`. Default false. */
  domainRandomize?: boolean;
}

/** [steering in [-1, 1] with 1 full right, gas and brake in [0, 1]], or one of the five actions. */
export type CarAction = number | Float32Array;

export class CarRacing extends BaseEnv<Uint8Array, CarAction> {
  readonly observationSpace = new Box({ low: 0, high: 255, shape: [SIZE, SIZE, 3], dtype: 'uint8' });
  readonly actionSpace: Space<CarAction>;
  readonly fps = FPS;
  override readonly screen = SCREEN;
  private readonly lapCompletePercent: number;
  private readonly domainRandomize: boolean;
  private readonly painter = new Rasterizer(SCREEN, { width: SIZE, height: SIZE });
  private palette = PALETTE;
  private car!: Car;
  private road!: Road;
  private skids!: Skids;
  private steps = 0;
  /** The episode's return, but for what leaving the field costs. */
  private score = 0;
  private rewarded = 0;

  constructor({
    continuous = true,
    lapCompletePercent = 0.95,
    domainRandomize = false,
    ...base
  }: CarRacingOptions = {}) {
    super(base);
    this.actionSpace = continuous ? new Box({ low: [-1, 0, 0], high: 1, shape: [3] }) : new Discrete(5);
    this.lapCompletePercent = lapCompletePercent;
    this.domainRandomize = domainRandomize;
  }

  protected override start(options: Record<string, unknown>): ResetResult<Uint8Array> {
    if (this.domainRandomize && options.randomize !== false) this.palette = this.drawPalette();
    const track = generateTrack(this.rng);
    const { x, y, across } = track[0];
    this.road = new Road(layTiles(track));
    this.car = new Car(x, y, across);
    this.skids = new Skids();
    this.steps = 0;
    this.score = 0;
    this.rewarded = 0;
    // The reference's first observation is the one after a step without an action.
    this.advance();
    return { observation: this.observe(), info: NO_INFO };
  }

  override step(action: CarAction): StepResult<Uint8Array> {
    const { car, road } = this;
    const [steering, gas, brake] = typeof action === 'number' ? DISCRETE[action] : action;
    car.steer(-steering);
    car.gas(gas);
    car.brake(brake);
    this.advance();
    this.score -= FRAME_COST;
    let reward = this.score - this.rewarded;
    this.rewarded = this.score;
    let terminated = false;
    let info = NO_INFO;
    const part = road.visitedCount / road.tiles.length;
    if (part === 1 || (road.onFirstTile && part > this.lapCompletePercent)) {
      [terminated, info] = [true, FINISHED];
    }
    const { x, y } = car.hull.getPosition();
    if (abs(x) > PLAYFIELD || abs(y) > PLAYFIELD) {
      [terminated, info, reward] = [true, LOST, OFF_FIELD];
    }
    return { observation: this.observe(), reward, terminated, truncated: false, info };
  }

  override draw(painter: Painter): void {
    this.paint(painter, this.skids);
  }

  private advance(): void {
    const { car, road } = this;
    const { x, y } = car.hull.getPosition();
    car.drive();
    this.skids.step(car.wheels);
    // In the reference's order: what the wheels feel now grips them in the next frame.
    this.score += (road.feel(x, y, car.wheels) * TRACK_REWARD) / road.tiles.length;
    car.move();
    this.steps++;
  }

  private observe(): Uint8Array {
    this.paint(this.painter);
    return this.painter.pixels.slice();
  }

  private paint(painter: Painter, skids?: Skids): void {
    const { car, road, palette, score, steps } = this;
    drawRace(painter, { car, road, skids, palette, time: steps / FPS, score });
  }

  private drawPalette(): Palette {
    const { rng } = this;
    const color = () => [rng.uniform(0, 210), rng.uniform(0, 210), rng.uniform(0, 210)];
    const road = color();
    const field = color();
    const grass = [...field];
    grass[rng.integers(0, 3)] += 20;
    return mixPalette(road, field, grass);
  }
}
