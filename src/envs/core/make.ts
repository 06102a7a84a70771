/** @file Environments by id, with the wrappers that every one of them has. */
import type { Env, RenderMode } from './env.js';
import { findEnv, resolveOptions } from './registry.js';
import { OrderEnforcing, TimeLimit } from './wrappers/index.js';

/** What is not among these is an option of the environment itself. */
export interface MakeOptions {
  /** Instead of the registry's; Infinity for no limit. */
  maxEpisodeSteps?: number;
  /** What `render()` gives. */
  renderMode?: RenderMode;
  [option: string]: unknown;
}

/**
 * The environment of an id within `TimeLimit(OrderEnforcing(...))`, as Gymnasium's `make`.
 *
 * @example const env = make<Float32Array, number>('CartPole-v1', { maxEpisodeSteps: 200 });
 * @throws UserError for an unknown id or option, with the nearest known one.
 */
export function make<Observation = unknown, Action = unknown>(
  id: string,
  { maxEpisodeSteps, renderMode, ...given }: MakeOptions = {},
): Env<Observation, Action> {
  const { spec, create } = findEnv(id);
  const options = resolveOptions(spec, given);
  const limit = maxEpisodeSteps ?? spec.maxEpisodeSteps ?? Infinity;
  const made = create({ ...options, renderMode }) as Env<Observation, Action>;
  const env = new OrderEnforcing(made, {
    ...spec,
    options,
    maxEpisodeSteps: limit === Infinity ? undefined : limit,
  });
  return limit === Infinity ? env : new TimeLimit(env, limit);
}
