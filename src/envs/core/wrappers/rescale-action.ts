/** @file Actions on another scale. */
import { UserError } from '../../../errors.js';
import type { Env } from '../env.js';
import { Box } from '../spaces/index.js';
import { expectBoxOf } from './boxes.js';
import { ActionWrapper } from './wrapper.js';

const { fround, max, min } = Math;

/** Takes actions between `low` and `high`, default -1 and 1, and maps them linearly onto the environment's bounds. */
export class RescaleAction<Observation> extends ActionWrapper<Observation, Float32Array> {
  readonly actionSpace: Box;
  private readonly inner: Box;
  /** outer = slope * inner + offset, in float32 as Gymnasium's. */
  private readonly slope: Float32Array;
  private readonly offset: Float32Array;

  /** @throws UserError unless actions are a bounded Box of float32 and low < high. */
  constructor(
    env: Env<Observation, Float32Array>,
    low: number | ArrayLike<number> = -1,
    high: number | ArrayLike<number> = 1,
  ) {
    super(env);
    this.inner = expectBoxOf('RescaleAction', env.actionSpace, 'float32');
    this.actionSpace = new Box({ low, high, shape: this.inner.shape });
    const isBounded = ({ low, high }: Box) =>
      low.every((value, i) => value > -Infinity && high[i] < Infinity && value < high[i]);
    if (!isBounded(this.inner) || !isBounded(this.actionSpace)) {
      throw new UserError(
        `RescaleAction expects finite bounds with low < high, found ${String(this.inner)} for ${String(this.actionSpace)}.`,
      );
    }
    const [from, to] = [this.inner, this.actionSpace];
    this.slope = from.low.map((value, i) => fround(to.high[i] - to.low[i]) / (from.high[i] - value));
    this.offset = from.low.map((value, i) => fround(this.slope[i] * -value) + to.low[i]);
  }

  action(outer: Float32Array): Float32Array {
    const { low, high } = this.inner;
    // Rounding shall not carry the ends out of bounds.
    return outer.map((value, i) => min(high[i], max(low[i], fround(value - this.offset[i]) / this.slope[i])));
  }
}
