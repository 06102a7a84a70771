/** @file An environment for tests of wrappers: it returns what it was told to and remembers what was done. */
import { BaseEnv, NO_INFO, type Space, type StepResult } from '../../../src/envs/core/index.js';

export interface Script<Observation, Action> {
  observationSpace: Space<Observation>;
  actionSpace: Space<Action>;
  /** What `reset` observes, then each step. */
  observations: readonly Observation[];
  /** Of each step; 0 where there is none. */
  rewards?: readonly number[];
  /** The step, from 1, that terminates the episode. */
  end?: number;
  screen?: { width: number; height: number };
}

export class Scripted<Observation, Action> extends BaseEnv<Observation, Action> {
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  readonly fps = 1;
  readonly actions: Action[] = [];
  resets = 0;
  private elapsed = 0;

  constructor(private readonly script: Script<Observation, Action>) {
    super();
    this.observationSpace = script.observationSpace;
    this.actionSpace = script.actionSpace;
  }

  start() {
    this.elapsed = 0;
    this.resets++;
    return { observation: this.observe(), info: NO_INFO };
  }

  step(action: Action): StepResult<Observation> {
    this.actions.push(action);
    this.elapsed++;
    return {
      observation: this.observe(),
      reward: this.script.rewards?.[this.elapsed - 1] ?? 0,
      terminated: this.elapsed === this.script.end,
      truncated: false,
      info: NO_INFO,
    };
  }

  private observe(): Observation {
    return structuredClone(this.script.observations[this.elapsed % this.script.observations.length]);
  }
}
