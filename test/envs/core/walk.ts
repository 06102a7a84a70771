/** @file A small environment for tests: a walk on a line of `size` places; the right end terminates it. */
import { BaseEnv, Box, Discrete, NO_INFO, type BaseEnvOptions } from '../../../src/envs/core/index.js';
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
