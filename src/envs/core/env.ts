/**
 * @file The contract of environments, Gymnasium's (https://gymnasium.farama.org/api/env): an agent acts, the
 * environment answers with an observation and a reward, and says whether the episode ended by its own rules
 * (`terminated`) or was cut off from outside (`truncated`).
 */
import type { Generator } from '../../random/index.js';
import type { Frame, Painter, Screen } from '../../recording/index.js';
import type { Space } from './spaces/space.js';

/** What `render()` gives: frames `[height, width, 3]` of bytes, or for people's eyes the bytes of a PNG file. */
export type RenderMode = 'rgb_array' | 'human';

/** Whatever an environment tells beside the observation; not for learning from. Never changed once returned. */
export type Info = Readonly<Record<string, unknown>>;

/** The info of an environment that has nothing to tell: one object for all steps costs nothing. */
export const NO_INFO: Info = Object.freeze({});

export interface ResetOptions {
  /** Starts the generator anew; without it the environment goes on drawing from the one it has. */
  seed?: number;
  /** The environment's own settings of an episode, such as the bounds of the first state. */
  options?: Record<string, unknown>;
}

export interface ResetResult<Observation> {
  observation: Observation;
  info: Info;
}

/** The caller's to keep and to change, as the observation is: a new object at each step. */
export interface StepResult<Observation> {
  observation: Observation;
  reward: number;
  /** The episode reached an end of its own: nothing follows, its value is 0. */
  terminated: boolean;
  /** The episode was cut off, by a time limit say: it would have gone on. */
  truncated: boolean;
  info: Info;
}

/**
 * An environment. Observations are the caller's to keep: every `reset` and `step` returns a new one.
 * Seeded by `reset({ seed })`, equal actions give equal episodes, bit for bit.
 */
export interface Env<Observation = unknown, Action = unknown> {
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  /** The registry's entry that made it; absent for one made by hand. */
  readonly spec?: EnvSpec;
  /** Steps a second of a recording. */
  readonly fps: number;
  /** Where all its random numbers come from, those of wrappers around it too. */
  readonly rng: Generator;
  /** The size that `draw` draws in; absent where there is nothing to see. */
  readonly screen?: Screen;
  reset(options?: ResetOptions): ResetResult<Observation>;
  step(action: Action): StepResult<Observation>;
  /** Draws the present state, as large as the painter is; coordinates are those of `screen`. */
  draw?(painter: Painter): void;
  /** The present state as people see it, in the size of `screen` and the form of the `renderMode` it was made with. */
  render(): Frame | Uint8Array | undefined;
  /** Gives back what the environment holds; may be called again. */
  close(): void;
  /** The environment within all wrappers. */
  readonly unwrapped: Env;
}

/** What the registry knows of an environment. */
export interface EnvSpec {
  /** `Name-vN`, as Gymnasium's. */
  readonly id: string;
  /** Steps after which an episode is truncated. */
  readonly maxEpisodeSteps?: number;
  /** The mean return at which it counts as solved. */
  readonly rewardThreshold?: number;
  /** One line for the list of environments. */
  readonly description: string;
  /** All options of the environment itself with their defaults: `make` refuses others. */
  readonly options?: Readonly<Record<string, unknown>>;
}
