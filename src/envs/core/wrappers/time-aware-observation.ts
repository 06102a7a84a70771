/** @file Observations that tell the time. */
import { UserError } from '../../../errors.js';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.js';
import { Box, flattenSpace } from '../spaces/index.js';
import { ObservationWrapper } from './wrapper.js';

export interface TimeAwareOptions {
  /** The part of the episode's time that is over, in [0, 1], instead of the number of steps. */
  normalizeTime?: boolean;
}

/** Observations are flattened to one vector, with the steps since the reset as the last number. */
export class TimeAwareObservation<Action> extends ObservationWrapper<Float32Array, Action, unknown> {
  readonly observationSpace: Box;
  private readonly unit: number;
  private elapsed = 0;

  /** @throws UserError for an environment without a time limit. */
  constructor(env: Env<unknown, Action>, { normalizeTime = false }: TimeAwareOptions = {}) {
    super(env);
    const limit = env.spec?.maxEpisodeSteps;
    if (limit === undefined) {
      throw new UserError(
        'TimeAwareObservation expects an environment with a time limit: see maxEpisodeSteps.',
      );
    }
    this.unit = normalizeTime ? 1 / limit : 1;
    const { low, high } = flattenSpace(env.observationSpace);
    this.observationSpace = new Box({ low: [...low, 0], high: [...high, normalizeTime ? 1 : limit] });
  }

  override reset(options?: ResetOptions): ResetResult<Float32Array> {
    this.elapsed = 0;
    return super.reset(options);
  }

  override step(action: Action): StepResult<Float32Array> {
    this.elapsed++;
    return super.step(action);
  }

  observation(inner: unknown): Float32Array {
    const outer = this.observationSpace.empty();
    this.env.observationSpace.flattenInto(inner, outer, 0);
    outer[outer.length - 1] = this.elapsed * this.unit;
    return outer;
  }
}
