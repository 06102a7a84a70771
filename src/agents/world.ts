/** @file The environments that an agent trains in: steps, frames, and the episodes that end. */
import { Discrete, type Space, type VectorEnv } from '../envs/index.js';
import type { Actions, Outcome } from './agent.js';
import type { Frames } from './replay/index.js';
import type { Sensor } from './sensors.js';

/** An episode that ended. */
export interface Episode {
  /** Sum of rewards, not discounted. */
  return: number;
  /** Steps. */
  length: number;
}

export class World {
  private readonly returns: Float64Array;
  private readonly lengths: Int32Array;

  /** @param envs with autoreset mode `same-step` */
  constructor(
    private readonly envs: VectorEnv,
    private readonly sensor: Sensor,
  ) {
    this.returns = new Float64Array(envs.numEnvs);
    this.lengths = new Int32Array(envs.numEnvs);
  }

  /** Begins new episodes everywhere; returns their first frames [numEnvs, frameSize]. */
  reset(seeds: readonly number[]): Frames {
    this.returns.fill(0);
    this.lengths.fill(0);
    return this.sensor.sense(this.envs.reset({ seed: seeds }).observations, this.envs.numEnvs);
  }

  /** Steps all environments; where an episode ends, the next one begins. */
  step(actions: Actions): Outcome & { episodes: Episode[] } {
    const { numEnvs, singleObservationSpace: space, singleActionSpace } = this.envs;
    const { observations, rewards, terminated, truncated, infos } = this.envs.step(
      batchOf(singleActionSpace, numEnvs, actions),
    );
    const nextFrames = this.sensor.sense(observations, numEnvs);
    const episodes: Episode[] = [];
    const ended: number[] = [];
    for (let env = 0; env < numEnvs; env++) {
      this.returns[env] += rewards[env];
      this.lengths[env]++;
      if (terminated[env] === 0 && truncated[env] === 0) continue;
      ended.push(env);
      episodes.push({ return: this.returns[env], length: this.lengths[env] });
      this.returns[env] = this.lengths[env] = 0;
    }
    if (ended.length === 0)
      return { rewards, terminated, truncated, frames: nextFrames, nextFrames, episodes };
    const finals = space.batch(ended.length);
    ended.forEach((env, i) => space.put(finals, i, infos[env].finalObservation));
    const finalFrames = this.sensor.sense(finals, ended.length);
    const frames = nextFrames.slice();
    const { frameSize } = this.sensor;
    ended.forEach((env, i) =>
      frames.set(finalFrames.subarray(i * frameSize, (i + 1) * frameSize), env * frameSize),
    );
    return { rewards, terminated, truncated, frames, nextFrames, episodes };
  }

  close(): void {
    this.envs.close();
  }
}

/** An agent's actions as `count` environments take them. */
export function batchOf(space: Space, count: number, actions: Actions): unknown {
  const batch = space.batch(count) as Int32Array | Float32Array;
  batch.set(actions);
  if (space instanceof Discrete && space.start !== 0)
    batch.forEach((action, i) => (batch[i] = action + space.start));
  return batch;
}
