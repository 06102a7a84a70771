/** @file Evaluation: whole episodes on seeds of their own, by the best actions known, learning nothing. */
import type { Env, Policy, VectorEnv } from '../envs/index.js';
import type { Agent } from './agent.js';
import type { Perception } from './perception.js';
import type { Sensor } from './sensors.js';
import { batchOf, type Episode } from './world.js';

/** An evaluation episode: its seed plays it again. */
export interface SeededEpisode extends Episode {
  seed: number;
}

/**
 * Plays an episode of each seed; which environment plays which does not matter.
 * @param envs with autoreset mode `disabled`
 * @param perception of as many environments; its statistics stay as they are
 */
export function evaluate(
  agent: Pick<Agent, 'exploit'>,
  envs: VectorEnv,
  sensor: Sensor,
  perception: Perception,
  seeds: readonly number[],
): SeededEpisode[] {
  const { numEnvs, singleActionSpace } = envs;
  const episodes: SeededEpisode[] = new Array<SeededEpisode>(seeds.length);
  let left = seeds.length;
  /** Which seed each environment plays; beyond the last, it idles. */
  const playing = Int32Array.from({ length: numEnvs }, (_, i) => i);
  const returns = new Float64Array(numEnvs);
  const lengths = new Int32Array(numEnvs);
  const seedOf = (env: number) => seeds[playing[env] % seeds.length];
  let started = numEnvs;
  perception.see(
    sensor.sense(envs.reset({ seed: Array.from(playing, (_, env) => seedOf(env)) }).observations, numEnvs),
  );
  while (left > 0) {
    const { rewards, terminated, truncated, observations } = envs.step(
      batchOf(singleActionSpace, numEnvs, agent.exploit(perception.inputs(), numEnvs)),
    );
    const ended = new Uint8Array(numEnvs);
    for (let env = 0; env < numEnvs; env++) {
      returns[env] += rewards[env];
      lengths[env]++;
      ended[env] = terminated[env] | truncated[env];
      if (ended[env] === 0) continue;
      if (playing[env] < seeds.length) {
        episodes[playing[env]] = { seed: seeds[playing[env]], return: returns[env], length: lengths[env] };
        left--;
      }
      playing[env] = started++;
      returns[env] = lengths[env] = 0;
    }
    const next = ended.includes(1)
      ? envs.reset({
          mask: ended,
          seed: Array.from(ended, (end, env) => (end === 1 ? seedOf(env) : undefined)),
        })
      : { observations };
    perception.see(sensor.sense(next.observations, numEnvs), ended);
  }
  return episodes;
}

/**
 * The best actions known as a policy of one episode of `env`.
 * @param perception of one environment
 */
export function policyOf(
  agent: Pick<Agent, 'exploit'>,
  { observationSpace, actionSpace }: Env,
  sensor: Sensor,
  perception: Perception,
): Policy {
  let first = 1;
  return (observation) => {
    const batch = observationSpace.batch(1);
    observationSpace.put(batch, 0, observation);
    perception.see(sensor.sense(batch, 1), [first]);
    first = 0;
    return actionSpace.take(batchOf(actionSpace, 1, agent.exploit(perception.inputs(), 1)), 0);
  };
}
