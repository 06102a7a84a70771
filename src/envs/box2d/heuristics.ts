/** @file Policies written by hand, by the environment's id: for tests, demonstrations and videos. */
import { unknownName } from '../../errors.js';
import type { Env } from '../core/index.js';
import { walkerHeuristic } from './bipedal-walker/heuristic.js';
import { landerHeuristic } from './lunar-lander/heuristic.js';

export type Policy = (observation: unknown) => unknown;
/** Makes the policy of one episode: some remember what they did before. */
export type Heuristic = (env: Env) => Policy;

type VectorHeuristic = (env: Env) => (observation: Float32Array) => unknown;

const HEURISTICS: Record<string, VectorHeuristic> = {
  'LunarLander-v3': landerHeuristic,
  'LunarLanderContinuous-v3': landerHeuristic,
  'BipedalWalker-v3': walkerHeuristic,
  'BipedalWalkerHardcore-v3': walkerHeuristic,
};

/**
 * The policy written for an environment.
 *
 * @example
 * const policy = heuristicFor('LunarLander-v3')(env);
 * let { observation } = env.reset({ seed: 7 });
 * ({ observation } = env.step(policy(observation)));
 * @throws UserError for an environment without one.
 */
export function heuristicFor(id: string): Heuristic {
  const heuristic = HEURISTICS[id];
  if (heuristic === undefined) throw unknownName('heuristic policy', id, Object.keys(HEURISTICS));
  return heuristic as Heuristic;
}
