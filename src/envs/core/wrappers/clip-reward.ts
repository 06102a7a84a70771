/** @file Rewards within bounds. */
import { UserError } from '../../../errors.js';
import type { Env } from '../env.js';
import { RewardWrapper } from './wrapper.js';

/** Clips rewards to [min, max]. */
export class ClipReward<Observation, Action> extends RewardWrapper<Observation, Action> {
  /** @throws UserError unless min <= max. */
  constructor(
    env: Env<Observation, Action>,
    readonly min: number,
    readonly max: number,
  ) {
    super(env);
    if (!(min <= max)) throw new UserError(`ClipReward expects min <= max, found ${min} and ${max}.`);
  }

  reward(inner: number): number {
    return Math.min(this.max, Math.max(this.min, inner));
  }
}
