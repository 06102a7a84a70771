/** @file The last few observations at once: velocities show in them. */
import { UserError } from '../../../errors.js';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.js';
import type { Space } from '../spaces/index.js';
import { AnyWrapper } from './wrapper.js';

export interface FrameStackOptions<Observation> {
  /** What stands before an episode's first observation. Default: that observation itself. */
  padding?: Observation;
}

/** Observations are batches `[count, ...]` of the last `count` observations, oldest first. */
export class FrameStackObservation<Batch, Observation, Action> extends AnyWrapper<
  Batch,
  Action,
  Observation,
  Action
> {
  readonly observationSpace: Space<Batch>;
  readonly actionSpace: Space<Action>;
  private readonly inner: Space<Observation, Batch>;
  private frames: Observation[] = [];

  /** @throws UserError unless `count` is a whole number from 1 and the padding is an observation. */
  constructor(
    env: Env<Observation, Action>,
    readonly count: number,
    private readonly options: FrameStackOptions<Observation> = {},
  ) {
    super(env);
    if (!Number.isInteger(count) || count < 1) {
      throw new UserError(`FrameStackObservation expects a whole number of frames from 1, found ${count}.`);
    }
    this.inner = env.observationSpace as Space<Observation, Batch>;
    if (options.padding !== undefined && !this.inner.contains(options.padding)) {
      throw new UserError(`FrameStackObservation expects a padding in ${String(this.inner)}.`);
    }
    this.observationSpace = this.inner.batchSpace(count);
    this.actionSpace = env.actionSpace;
  }

  reset(options?: ResetOptions): ResetResult<Batch> {
    const { observation, info } = this.env.reset(options);
    this.frames = Array<Observation>(this.count).fill(this.options.padding ?? observation);
    return { observation: this.stack(observation), info };
  }

  step(action: Action): StepResult<Batch> {
    const { observation, reward, terminated, truncated, info } = this.env.step(action);
    return { observation: this.stack(observation), reward, terminated, truncated, info };
  }

  private stack(observation: Observation): Batch {
    this.frames.shift();
    this.frames.push(observation);
    const batch = this.inner.batch(this.count);
    this.frames.forEach((frame, i) => this.inner.put(batch, i, frame));
    return batch;
  }
}
