/** @file Environments that are a table: what may follow a state and an action, and how likely. */
import type { Generator } from '../../random/index.js';
import { BaseEnv, Discrete, type Info, type ResetResult, type StepResult } from '../core/index.js';

/** A state that an episode may begin in. */
export interface Start {
  readonly probability: number;
  readonly state: number;
}

/** One of the outcomes of an action. */
export interface Transition extends Start {
  readonly reward: number;
  readonly terminated: boolean;
}

/** States with equal chances to be the first. */
export function equalStarts(states: readonly number[]): Start[] {
  return states.map((state) => ({ probability: 1 / states.length, state }));
}

/** What may follow, by state and action; the probabilities of a row sum to 1. */
export type TransitionTable = readonly (readonly (readonly Transition[])[])[];

/** The first whose cumulative probability exceeds a draw in [0, 1); one draw, however many there are. */
function draw<T extends Start>(outcomes: readonly T[], rng: Generator): T {
  const threshold = rng.random();
  let sum = 0;
  for (const outcome of outcomes) {
    sum += outcome.probability;
    if (sum > threshold) return outcome;
  }
  return outcomes[0];
}

/** States and actions are numbers, `transitions` says all; `info.prob` is the probability of what happened. */
export abstract class TableEnv extends BaseEnv<number, number> {
  abstract override readonly observationSpace: Discrete;
  abstract override readonly actionSpace: Discrete;
  readonly fps = 4;
  abstract readonly transitions: TransitionTable;
  /** The states that an episode may begin in, in ascending order. */
  abstract readonly starts: readonly Start[];
  protected state = 0;
  protected lastAction: number | undefined;

  protected start(_options: Record<string, unknown>): ResetResult<number> {
    this.state = draw(this.starts, this.rng).state;
    this.lastAction = undefined;
    return { observation: this.state, info: this.describe(1) };
  }

  step(action: number): StepResult<number> {
    const outcome = draw(this.transitions[this.state][action], this.rng);
    this.state = this.arrive(outcome.state);
    this.lastAction = action;
    return {
      observation: this.state,
      reward: outcome.reward,
      terminated: outcome.terminated,
      truncated: false,
      info: this.describe(outcome.probability),
    };
  }

  /** The state that the table's next state becomes: the same, unless an environment has its own mind. */
  protected arrive(next: number): number {
    return next;
  }

  protected describe(probability: number): Info {
    return { prob: probability };
  }
}
