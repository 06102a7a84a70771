/** @file Return, length and duration of every episode. */
import type { ResetOptions, ResetResult, StepResult } from '../env.js';
import { Wrapper } from './wrapper.js';

/** `info.episode` of an episode's last step, in Gymnasium's names. */
export interface EpisodeStatistics {
  /** Return: the sum of the rewards. */
  r: number;
  /** Length in steps. */
  l: number;
  /** Seconds since the reset. */
  t: number;
}

/** Adds `episode: EpisodeStatistics` to the info of each episode's last step. */
export class RecordEpisodeStatistics<Observation, Action> extends Wrapper<Observation, Action> {
  private sum = 0;
  private steps = 0;
  private start = 0;

  override reset(options?: ResetOptions): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.sum = 0;
    this.steps = 0;
    this.start = performance.now();
    return result;
  }

  override step(action: Action): StepResult<Observation> {
    const result = this.env.step(action);
    this.sum += result.reward;
    this.steps++;
    if (result.terminated || result.truncated) {
      const seconds = Math.round((performance.now() - this.start) * 1000) / 1e6;
      const episode: EpisodeStatistics = { r: this.sum, l: this.steps, t: seconds };
      result.info = { ...result.info, episode };
    }
    return result;
  }
}
