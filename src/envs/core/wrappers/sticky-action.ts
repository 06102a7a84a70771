/** @file Actions that stick (Machado et al. 2018, https://arxiv.org/abs/1709.06009, section 5.2). */
import { UserError } from '../../../errors.js';
import type { Env, ResetOptions, ResetResult } from '../env.js';
import { ActionWrapper } from './wrapper.js';

/** With a probability, does the last action again instead of the one given; draws from the environment's generator. */
export class StickyAction<Observation, Action> extends ActionWrapper<Observation, Action> {
  readonly actionSpace;
  /** The last action in a copy: arrays may change after the step. */
  private readonly last: unknown;
  private hasLast = false;

  /** @throws UserError unless 0 <= probability < 1. */
  constructor(
    env: Env<Observation, Action>,
    readonly repeatProbability: number,
  ) {
    super(env);
    if (!(repeatProbability >= 0 && repeatProbability < 1)) {
      throw new UserError(
        `StickyAction expects a probability from 0 and below 1, found ${repeatProbability}.`,
      );
    }
    this.actionSpace = env.actionSpace;
    this.last = this.actionSpace.batch(1);
  }

  override reset(options?: ResetOptions): ResetResult<Observation> {
    this.hasLast = false;
    return this.env.reset(options);
  }

  action(outer: Action): Action {
    if (this.hasLast && this.rng.random() < this.repeatProbability)
      return this.actionSpace.take(this.last, 0);
    this.actionSpace.put(this.last, 0, outer);
    this.hasLast = true;
    return outer;
  }
}
