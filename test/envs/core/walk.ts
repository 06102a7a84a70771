/** @file A small environment for tests: a walk on a line of `size` places; the right end terminates it. */
import {
  BaseEnv,
  Box,
  Discrete,
  NO_INFO,
  type BaseEnvOptions,
  type VectorCore,
} from '../../../src/envs/core/index.js';
import type { Generator } from '../../../src/random/index.js';
import type { Painter } from '../../../src/recording/index.js';

export interface WalkOptions extends BaseEnvOptions {
  /** Places of the line. */
  size?: number;
}

/** Starts at one of the two left places; action 1 goes right, 0 left; reward is the place. */
export class Walk extends BaseEnv<Float32Array, number> {
  readonly observationSpace: Box;
  readonly actionSpace = new Discrete(2);
  readonly fps = 10;
  override readonly screen = { width: 40, height: 20 };
  closed = 0;
  private place = 0;

  constructor(private readonly options: WalkOptions = {}) {
    super(options);
    this.observationSpace = new Box({ low: 0, high: this.end, shape: [1] });
  }

  start({ place }: Record<string, unknown>) {
    this.place = typeof place === 'number' ? place : this.rng.integers(0, 2);
    return { observation: Float32Array.of(this.place), info: NO_INFO };
  }

  step(action: number) {
    this.place = Math.max(0, this.place + 2 * action - 1);
    return {
      observation: Float32Array.of(this.place),
      reward: this.place,
      terminated: this.place === this.end,
      truncated: false,
      info: NO_INFO,
    };
  }

  override draw(painter: Painter) {
    painter.clear(0xffffff);
    painter.rectangle((this.place / (this.end + 1)) * 40, 5, 40 / (this.end + 1), 10, 0xff0000);
  }

  override close() {
    this.closed++;
  }

  private get end() {
    return (this.options.size ?? 5) - 1;
  }
}

/** Many walks at once. */
export class WalkCore implements VectorCore<Float32Array, Int32Array> {
  readonly observationSpace: Box;
  readonly actionSpace = new Discrete(2);
  private readonly places: Int32Array;

  constructor(
    count: number,
    private readonly size = 5,
  ) {
    this.observationSpace = new Box({ low: 0, high: size - 1, shape: [1] });
    this.places = new Int32Array(count);
  }

  resetOne(index: number, rng: Generator, observations: Float32Array, { place }: Record<string, unknown>) {
    observations[index] = this.places[index] = typeof place === 'number' ? place : rng.integers(0, 2);
  }

  step(
    actions: Int32Array,
    skip: Uint8Array,
    observations: Float32Array,
    rewards: Float64Array,
    terminated: Uint8Array,
  ) {
    this.places.forEach((place, i) => {
      if (skip[i] === 1) return;
      const next = Math.max(0, place + 2 * actions[i] - 1);
      this.places[i] = observations[i] = rewards[i] = next;
      terminated[i] = next === this.size - 1 ? 1 : 0;
    });
  }
}
