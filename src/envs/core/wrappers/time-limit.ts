/** @file Episodes that end in time. */
import { UserError } from '../../../errors.js';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.js';
import { stepAfterEnd } from './order-enforcing.js';
import { Wrapper } from './wrapper.js';

/** Truncates an episode after `maxEpisodeSteps` steps. */
export class TimeLimit<Observation, Action> extends Wrapper<Observation, Action> {
  private elapsed = 0;

  /** @throws UserError unless the limit is a whole number from 1. */
  constructor(
    env: Env<Observation, Action>,
    readonly maxEpisodeSteps: number,
  ) {
    super(env);
    if (!Number.isInteger(maxEpisodeSteps) || maxEpisodeSteps < 1) {
      throw new UserError(`maxEpisodeSteps: expected a whole number from 1, found ${maxEpisodeSteps}.`);
    }
  }

  override reset(options?: ResetOptions): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.elapsed = 0;
    return result;
  }

  /** @throws UserError for a step after the limit. */
  override step(action: Action): StepResult<Observation> {
    if (this.elapsed >= this.maxEpisodeSteps) throw stepAfterEnd(this);
    const result = this.env.step(action);
    if (++this.elapsed >= this.maxEpisodeSteps) result.truncated = true;
    return result;
  }
}
