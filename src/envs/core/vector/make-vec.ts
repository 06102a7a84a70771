/** @file Vector environments by id. */
import type { Env } from '../env.js';
import { make, type MakeOptions } from '../make.js';
import { findEnv, resolveOptions } from '../registry.js';
import type { VectorOptions } from './base-vector-env.js';
import { CoreVectorEnv } from './core-vector-env.js';
import { SyncVectorEnv } from './sync-vector-env.js';
import type { VectorCore, VectorEnv } from './vector-env.js';

export interface MakeVecOptions extends MakeOptions, VectorOptions {
  /** Put around each environment, the first one innermost. */
  wrappers?: readonly ((env: Env) => Env)[];
}

/**
 * `numEnvs` environments of an id in this thread, as `make` makes them; where the environment has an implementation of
 * many at once and no wrappers are asked for, that one.
 *
 * @example const envs = makeVec<Float32Array, Int32Array>('CartPole-v1', 8, { autoresetMode: 'same-step' });
 * @throws UserError for an unknown id or option, with the nearest known one.
 */
export function makeVec<Observations = unknown, Actions = unknown>(
  id: string,
  numEnvs: number,
  { autoresetMode, wrappers = [], ...options }: MakeVecOptions = {},
): VectorEnv<Observations, Actions> {
  const { spec, vector } = findEnv(id);
  if (vector === undefined || wrappers.length > 0) {
    const create = () => wrappers.reduce((env, wrap) => wrap(env), make(id, options));
    return new SyncVectorEnv(Array<typeof create>(numEnvs).fill(create), { autoresetMode });
  }
  const { maxEpisodeSteps, renderMode, ...given } = options;
  const core = vector(numEnvs, { ...resolveOptions(spec, given), renderMode });
  const limit = maxEpisodeSteps ?? spec.maxEpisodeSteps ?? Infinity;
  return new CoreVectorEnv(core as VectorCore<Observations, Actions>, numEnvs, limit, { autoresetMode });
}
