/** @file Rewards on a scale of their own. */
import type { Env, StepResult } from '../env.js';
import { RunningStatistics } from '../running-statistics.js';
import { Wrapper } from './wrapper.js';

export interface NormalizeRewardOptions {
  /** Discount of the return whose variance counts. */
  gamma?: number;
  /** Added to the variance. */
  epsilon?: number;
}

/**
 * Divides rewards by the running standard deviation of the discounted return, which starts anew where an episode
 * terminates. Set `updateRunningMean` to false for evaluation, and give it the `statistics.state` of training.
 */
export class NormalizeReward<Observation, Action> extends Wrapper<Observation, Action> {
  readonly statistics = new RunningStatistics(1);
  /** Whether rewards change the statistics. */
  updateRunningMean = true;
  private readonly gamma: number;
  private readonly epsilon: number;
  private readonly discounted = new Float64Array(1);

  constructor(env: Env<Observation, Action>, { gamma = 0.99, epsilon = 1e-8 }: NormalizeRewardOptions = {}) {
    super(env);
    this.gamma = gamma;
    this.epsilon = epsilon;
  }

  override step(action: Action): StepResult<Observation> {
    const result = this.env.step(action);
    const { discounted, statistics } = this;
    discounted[0] = (result.terminated ? 0 : discounted[0] * this.gamma) + result.reward;
    if (this.updateRunningMean) statistics.update(discounted);
    result.reward /= Math.sqrt(statistics.variance[0] + this.epsilon);
    return result;
  }
}
