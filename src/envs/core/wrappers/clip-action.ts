/** @file Actions of any size, brought within bounds. */
import type { Env } from '../env.js';
import { Box } from '../spaces/index.js';
import { expectBoxOf } from './boxes.js';
import { ActionWrapper } from './wrapper.js';

/** Takes any numbers and clips them to the bounds of the environment's actions; NaN stays NaN and is refused. */
export class ClipAction<Observation> extends ActionWrapper<Observation, Float32Array> {
  readonly actionSpace: Box;
  private readonly inner: Box;

  /** @throws UserError unless actions are a Box of float32. */
  constructor(env: Env<Observation, Float32Array>) {
    super(env);
    this.inner = expectBoxOf('ClipAction', env.actionSpace, 'float32');
    this.actionSpace = new Box({ low: -Infinity, high: Infinity, shape: this.inner.shape });
  }

  action(outer: Float32Array): Float32Array {
    const { low, high } = this.inner;
    return outer.map((value, i) => Math.min(high[i], Math.max(low[i], value)));
  }
}
