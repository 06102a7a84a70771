/** @file Observations of mean 0 and variance 1. */
import type { Env } from '../env.js';
import { RunningStatistics } from '../running-statistics.js';
import { Box, type BoxArray } from '../spaces/index.js';
import { expectBox } from './boxes.js';
import { ObservationWrapper } from './wrapper.js';

/**
 * Divides by the running standard deviation after subtracting the running mean of all observations so far, this one
 * included. Set `updateRunningMean` to false for evaluation, and give it the `statistics.state` of training.
 */
export class NormalizeObservation<Action> extends ObservationWrapper<Float32Array, Action, BoxArray> {
  readonly observationSpace: Box;
  readonly statistics: RunningStatistics;
  /** Whether observations change the statistics. */
  updateRunningMean = true;

  /**
   * @param epsilon added to the variance
   * @throws UserError unless observations are a Box
   */
  constructor(
    env: Env<BoxArray, Action>,
    readonly epsilon = 1e-8,
  ) {
    super(env);
    const { shape, length, dtype } = expectBox('NormalizeObservation', env.observationSpace);
    this.observationSpace = new Box({ low: -Infinity, high: Infinity, shape });
    // numpy keeps the statistics of float32 observations in float32.
    this.statistics = new RunningStatistics(length, dtype === 'float32' ? 'float32' : 'float64');
  }

  observation(inner: BoxArray): Float32Array {
    const { statistics, epsilon } = this;
    if (this.updateRunningMean) statistics.update(inner);
    const outer = this.observationSpace.empty();
    statistics.normalize(inner, epsilon, outer);
    return outer;
  }
}
