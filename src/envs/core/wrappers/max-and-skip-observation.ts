/** @file Several steps as one (Mnih et al. 2015, https://doi.org/10.1038/nature14236). */
import { UserError } from '../../../errors.js';
import type { Env, StepResult } from '../env.js';
import type { BoxArray } from '../spaces/index.js';
import { expectBox } from './boxes.js';
import { Wrapper } from './wrapper.js';

/**
 * Repeats each action `skip` times, fewer where the episode ends; rewards are summed, and the observation is the
 * elementwise maximum of the last two.
 */
export class MaxAndSkipObservation<Observation extends BoxArray, Action> extends Wrapper<
  Observation,
  Action
> {
  /** @throws UserError unless observations are a Box and `skip` a whole number from 2. */
  constructor(
    env: Env<Observation, Action>,
    readonly skip = 4,
  ) {
    super(env);
    expectBox('MaxAndSkipObservation', env.observationSpace);
    if (!Number.isInteger(skip) || skip < 2) {
      throw new UserError(`MaxAndSkipObservation expects a whole number of steps from 2, found ${skip}.`);
    }
  }

  override step(action: Action): StepResult<Observation> {
    let result = this.env.step(action);
    for (let i = 1; i < this.skip && !result.terminated && !result.truncated; i++) {
      const before = result;
      result = this.env.step(action);
      result.reward += before.reward;
      const isLast = i === this.skip - 1 || result.terminated || result.truncated;
      if (isLast) raise(result.observation, before.observation);
    }
    return result;
  }
}

/** The elementwise maximum, in `values`. */
function raise(values: BoxArray, others: BoxArray): void {
  for (let i = 0; i < values.length; i++) if (others[i] > values[i]) values[i] = others[i];
}
