/** @file Episode after episode without calls of `reset`. */
import type { ResetOptions, ResetResult, StepResult } from '../env.js';
import { Wrapper } from './wrapper.js';

/**
 * The step after the last of an episode ignores its action and returns the first observation of the next, with reward 0
 * and no end.
 */
export class Autoreset<Observation, Action> extends Wrapper<Observation, Action> {
  private ended = false;

  override reset(options?: ResetOptions): ResetResult<Observation> {
    this.ended = false;
    return this.env.reset(options);
  }

  override step(action: Action): StepResult<Observation> {
    if (this.ended) {
      this.ended = false;
      const { observation, info } = this.env.reset();
      return { observation, reward: 0, terminated: false, truncated: false, info };
    }
    const result = this.env.step(action);
    this.ended = result.terminated || result.truncated;
    return result;
  }
}
