/**
 * @file Many environments of one kind that step together, as Gymnasium's vector environments
 * (https://gymnasium.farama.org/api/vector). Observations and actions are batches `[n, ...]` (`Space.batch`).
 */
import type { Generator } from '../../../random/index.js';
import type { Info } from '../env.js';
import type { Space } from '../spaces/index.js';

/**
 * What happens when an episode ends:
 * - `next-step`: the step after the last ignores the action and returns the first observation of the next episode, with
 *   reward 0 and no end. Drop that transition from what is learnt.
 * - `same-step`: the last step itself returns the first observation of the next episode; the last observation and info
 *   are `infos[i].finalObservation` and `infos[i].finalInfo`.
 * - `disabled`: `reset({ mask })` those that ended before stepping on.
 */
export type AutoresetMode = 'next-step' | 'same-step' | 'disabled';

export interface VectorResetOptions {
  /** Environment i gets seed + i; or a seed each, undefined to go on with the generator it has. */
  seed?: number | readonly (number | undefined)[];
  options?: Record<string, unknown>;
  /** `[n]`: 1 for those to reset; the others stay as they are. Default: all. */
  mask?: Uint8Array;
}

export interface VectorResetResult<Observations> {
  observations: Observations;
  infos: readonly Info[];
}

/** The caller's to keep: new arrays at each step. */
export interface VectorStepResult<Observations> {
  observations: Observations;
  /** `[n]`. */
  rewards: Float64Array;
  /** `[n]`, 0 or 1. */
  terminated: Uint8Array;
  /** `[n]`, 0 or 1. */
  truncated: Uint8Array;
  infos: readonly Info[];
}

/** `Observations` and `Actions` are batches: `Float32Array` and `Int32Array` for CartPole. */
export interface VectorEnv<Observations = unknown, Actions = unknown> {
  readonly numEnvs: number;
  readonly singleObservationSpace: Space<unknown, Observations>;
  readonly singleActionSpace: Space<unknown, Actions>;
  /** Of batches, `[n, ...]`. */
  readonly observationSpace: Space<Observations>;
  readonly actionSpace: Space<Actions>;
  readonly autoresetMode: AutoresetMode;
  reset(options?: VectorResetOptions): VectorResetResult<Observations>;
  step(actions: Actions): VectorStepResult<Observations>;
  close(): void;
}

/**
 * An environment's own implementation of many at once (`register(spec, create, { vector })`): the dynamics only, on
 * arrays of all environments' states. Time limits, autoreset, seeds and checks of actions are done around it.
 */
export interface VectorCore<Observations = unknown, Actions = unknown> {
  readonly observationSpace: Space<unknown, Observations>;
  readonly actionSpace: Space<unknown, Actions>;
  /** Begins an episode of one environment, draws from its generator, and writes its observation. */
  resetOne(index: number, rng: Generator, observations: Observations, options: Record<string, unknown>): void;
  /**
   * One step of all environments but those with `skip[i]` 1, which stay as they are; writes observations, rewards and
   * terminated (0 or 1) of those that stepped.
   */
  step(
    actions: Actions,
    skip: Uint8Array,
    observations: Observations,
    rewards: Float64Array,
    terminated: Uint8Array,
  ): void;
}
