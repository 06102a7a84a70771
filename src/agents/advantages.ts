/** @file Generalised advantage estimation (Schulman et al. 2016), right at both kinds of an episode's end. */

/** What `numEnvs` environments did in `steps` steps; all arrays are [steps, numEnvs]. */
export interface Trajectories {
  steps: number;
  numEnvs: number;
  rewards: Float32Array;
  /** Value of the observation that each step began with. */
  values: Float32Array;
  /** 1 where the step ended its episode, in either way. */
  ended: Uint8Array;
  /** Where it did, the value of what would follow: 0 where it terminated, of the final observation where truncated. */
  finalValues: Float32Array;
  /** [numEnvs]: value of the observation after the last step. */
  lastValues: Float32Array;
}

/**
 * Advantages [steps, numEnvs]: the sum of (gamma lambda)^i (r + gamma V' - V) up to the end of the episode or of the
 * trajectory. A terminated episode is worth nothing afterwards; a truncated one would have gone on, so its final
 * observation's value counts. Returns to learn values from are advantages + values.
 */
export function generalizedAdvantages(
  { steps, numEnvs, rewards, values, ended, finalValues, lastValues }: Trajectories,
  gamma: number,
  lambda: number,
): Float32Array {
  const advantages = new Float32Array(steps * numEnvs);
  for (let env = 0; env < numEnvs; env++) {
    let [next, following] = [lastValues[env], 0];
    for (let i = (steps - 1) * numEnvs + env; i >= 0; i -= numEnvs) {
      if (ended[i] === 1) [next, following] = [finalValues[i], 0];
      following = rewards[i] + gamma * next - values[i] + gamma * lambda * following;
      advantages[i] = following;
      next = values[i];
    }
  }
  return advantages;
}
