/** @file A vector on an environment's own implementation of many at once. */
import type { Generator } from '../../../random/index.js';
import { NO_INFO, type Info } from '../env.js';
import { seededGenerator, unseededGenerator } from '../spaces/index.js';
import { expectLimit } from '../wrappers/index.js';
import { AutoresetVectorEnv } from './autoreset-vector-env.js';
import type { VectorOptions } from './base-vector-env.js';
import type { VectorCore, VectorStepResult } from './vector-env.js';

export class CoreVectorEnv<Observations, Actions> extends AutoresetVectorEnv<Observations, Actions> {
  private readonly generators: (Generator | undefined)[];
  private readonly elapsed: Int32Array;

  /** @param maxEpisodeSteps Infinity for no limit */
  constructor(
    private readonly core: VectorCore<Observations, Actions>,
    numEnvs: number,
    private readonly maxEpisodeSteps: number,
    options: VectorOptions = {},
  ) {
    if (maxEpisodeSteps !== Infinity) expectLimit(maxEpisodeSteps);
    super(numEnvs, core.observationSpace, core.actionSpace, options);
    this.generators = Array<undefined>(numEnvs).fill(undefined);
    this.elapsed = new Int32Array(numEnvs);
  }

  close(): void {
    // Nothing is held but memory.
  }

  protected resetOne(
    index: number,
    seed: number | undefined,
    options: Record<string, unknown>,
    observations: Observations,
  ): Info {
    const { generators } = this;
    if (seed !== undefined) generators[index] = seededGenerator(seed);
    const rng = (generators[index] ??= unseededGenerator());
    this.elapsed[index] = 0;
    this.core.resetOne(index, rng, observations, options);
    return NO_INFO;
  }

  protected stepAll(
    actions: Actions,
    skip: Uint8Array,
    result: Omit<VectorStepResult<Observations>, 'infos'>,
  ): undefined {
    const { numEnvs, elapsed, maxEpisodeSteps } = this;
    const { observations, rewards, terminated, truncated } = result;
    this.core.step(actions, skip, observations, rewards, terminated);
    for (let i = 0; i < numEnvs; i++) {
      if (skip[i] === 0 && ++elapsed[i] >= maxEpisodeSteps) truncated[i] = 1;
    }
  }
}
