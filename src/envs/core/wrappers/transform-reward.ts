/** @file Rewards through a function. */
import type { Env } from '../env.js';
import { RewardWrapper } from './wrapper.js';

/** Gives `transform(reward)`. */
export class TransformReward<Observation, Action> extends RewardWrapper<Observation, Action> {
  constructor(
    env: Env<Observation, Action>,
    private readonly transform: (inner: number) => number,
  ) {
    super(env);
  }

  reward(inner: number): number {
    return this.transform(inner);
  }
}
