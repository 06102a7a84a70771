/**
 * @file The walker's ground: grass, and in the hardcore version stumps, stairs and pits in between. Random numbers are
 * drawn in the reference's order, also where the outcome has one possibility only.
 */
import type { Generator } from '../../../random/index.js';
import { SCREEN } from '../physics.js';

const { cos, PI, sign, sin } = Math;

/** Pixels of the screen a metre. */
export const SCALE = 30;
/** Between two points of the ground. */
export const STEP = 14 / SCALE;
/** Points of the ground. */
export const LENGTH = 200;
export const HEIGHT = SCREEN.height / SCALE / 4;
/** The longest stretch of grass between two obstacles, and what the walker need not reach at the far end, in steps. */
export const GRASS = 10;
/** Level ground at the beginning, in steps. */
export const START = 20;
/** Depth of a pit, in steps. */
const PIT_DEPTH = 4;

export type Obstacle = 'stump' | 'stairs' | 'pit';
const OBSTACLES: readonly Obstacle[] = ['stump', 'stairs', 'pit'];

/** An upright solid box. */
export interface Block {
  readonly kind: Obstacle;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

export interface Terrain {
  /** The ground's height at each multiple of `STEP`. */
  readonly heights: Float64Array;
  readonly blocks: readonly Block[];
}

export function generateTerrain(rng: Generator, hardcore: boolean): Terrain {
  return new TerrainGenerator(rng, hardcore).generate();
}

/** Goes from point to point; `counter` points are left of the present stretch. */
class TerrainGenerator {
  private readonly heights = new Float64Array(LENGTH);
  private readonly blocks: Block[] = [];
  private y = HEIGHT;
  private slope = 0;
  private counter = START;
  /** Height at the beginning of the present obstacle. */
  private base = HEIGHT;
  private stairs = { rise: 1, width: 4, count: 3 };

  constructor(
    private readonly rng: Generator,
    private readonly hardcore: boolean,
  ) {}

  generate(): Terrain {
    const { rng, heights, blocks } = this;
    let stretch: Obstacle | 'grass' = 'grass';
    let first = false;
    for (let i = 0; i < LENGTH; i++) {
      if (stretch === 'grass') {
        // Grass after an obstacle is level for one step.
        if (!first) this.roll(i);
      } else if (first) this.begin(stretch, i * STEP);
      else this.goOn(stretch);
      first = false;
      heights[i] = this.y;
      this.counter--;
      if (this.counter === 0) {
        this.counter = rng.integers(GRASS / 2, GRASS);
        stretch = stretch === 'grass' && this.hardcore ? OBSTACLES[rng.integers(1, 4) - 1] : 'grass';
        first = true;
      }
    }
    return { heights, blocks };
  }

  /** Grass: a random walk of the slope, drawn back to the mean height. */
  private roll(i: number): void {
    this.slope = 0.8 * this.slope + 0.01 * sign(HEIGHT - this.y);
    if (i > START) this.slope += this.rng.uniform(-1, 1) / SCALE;
    this.y += this.slope;
  }

  private begin(obstacle: Obstacle, x: number): void {
    const { rng, y } = this;
    this.base = y;
    if (obstacle === 'stump') {
      this.counter = rng.integers(1, 3);
      this.block(obstacle, x, y, this.counter, 0, this.counter);
    } else if (obstacle === 'stairs') {
      const rise = rng.random() > 0.5 ? 1 : -1;
      const width = rng.integers(4, 5);
      const count = rng.integers(3, 5);
      this.stairs = { rise, width, count };
      for (let stair = 0; stair < count; stair++) {
        this.block(obstacle, x + stair * width * STEP, y + stair * rise * STEP, width, -1, 0);
      }
      this.counter = count * width;
    } else {
      const width = rng.integers(3, 5);
      this.block(obstacle, x, y, 1, -PIT_DEPTH, 0);
      this.block(obstacle, x + STEP * width, y, 1, -PIT_DEPTH, 0);
      this.counter = width + 2;
    }
  }

  private goOn(obstacle: Obstacle): void {
    if (obstacle === 'pit') this.y = this.base - (this.counter > 1 ? PIT_DEPTH * STEP : 0);
    if (obstacle === 'stairs') {
      const { rise, width, count } = this.stairs;
      const climbed = (count * width - this.counter - rise) / width;
      this.y = this.base + climbed * rise * STEP;
    }
  }

  /** A box from (x, y), all other lengths in steps. */
  private block(kind: Obstacle, x: number, y: number, width: number, bottom: number, top: number): void {
    const right = x + width * STEP;
    this.blocks.push({ kind, left: x, right, bottom: y + bottom * STEP, top: y + top * STEP });
  }
}

/** A cloud's corners x0, y0, x1, y1, ...; it moves at half of the ground's speed. */
export type Cloud = readonly number[];

export function generateClouds(rng: Generator): Cloud[] {
  return Array.from({ length: LENGTH / 20 }, () => {
    const x = rng.uniform(0, LENGTH) * STEP;
    const y = 3 * HEIGHT;
    return Array.from({ length: 5 }, (_, corner) => {
      const angle = (2 * PI * corner) / 5;
      const cornerX = x + 15 * STEP * sin(angle) + rng.uniform(0, 5 * STEP);
      return [cornerX, y + 5 * STEP * cos(angle) + rng.uniform(0, 5 * STEP)];
    }).flat();
  });
}
