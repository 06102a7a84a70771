/** @file Episodes that end in time. */
import { UserError } from '../../../errors.js';
import type { Env, EnvSpec, ResetOptions, ResetResult, StepResult } from '../env.js';
import { stepAfterEnd } from './misuse.js';
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
    expectLimit(maxEpisodeSteps);
  }

  override get spec(): EnvSpec | undefined {
    const { spec } = this.env;
    return spec === undefined ? undefined : { ...spec, maxEpisodeSteps: this.maxEpisodeSteps };
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

/** @throws UserError unless it is a whole number from 1. */
export function expectLimit(maxEpisodeSteps: number): void {
  if (Number.isInteger(maxEpisodeSteps) && maxEpisodeSteps >= 1) return;
  throw new UserError(`maxEpisodeSteps: expected a whole number from 1, found ${maxEpisodeSteps}.`);
}
