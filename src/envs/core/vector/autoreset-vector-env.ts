/** @file Autoreset, around environments that step and are reset one by one. */
import { NO_INFO, type Info } from '../env.js';
import type { Space } from '../spaces/index.js';
import { BaseVectorEnv, ENDED, type Seeds, type VectorOptions } from './base-vector-env.js';
import type { VectorResetResult, VectorStepResult } from './vector-env.js';

export abstract class AutoresetVectorEnv<Observations, Actions> extends BaseVectorEnv<Observations, Actions> {
  /** In mode `disabled`, the last observations: a reset of some environments returns those of the others. */
  private readonly last?: Observations;

  constructor(
    numEnvs: number,
    observationSpace: Space<unknown, Observations>,
    actionSpace: Space<unknown, Actions>,
    options: VectorOptions,
  ) {
    super(numEnvs, observationSpace, actionSpace, options);
    if (this.autoresetMode === 'disabled') this.last = observationSpace.batch(numEnvs);
  }

  /** Begins an episode of one environment and writes its observation. */
  protected abstract resetOne(
    index: number,
    seed: number | undefined,
    options: Record<string, unknown>,
    observations: Observations,
  ): Info;
  /** Steps those that `skip` has 0 for, and writes what they give; infos only if there are any. */
  protected abstract stepAll(
    actions: Actions,
    skip: Uint8Array,
    result: Omit<VectorStepResult<Observations>, 'infos'>,
  ): Info[] | undefined;

  protected resetMasked(
    seeds: Seeds,
    options: Record<string, unknown>,
    mask: Uint8Array | undefined,
  ): VectorResetResult<Observations> {
    const { numEnvs, singleObservationSpace: space } = this;
    const observations = space.batch(numEnvs);
    const infos = [...this.noInfos];
    for (let i = 0; i < numEnvs; i++) {
      if (mask?.[i] === 0 && this.last !== undefined) space.put(observations, i, space.take(this.last, i));
      else infos[i] = this.resetOne(i, seeds?.[i], options, observations);
    }
    this.remember(observations);
    return { observations, infos };
  }

  protected stepAndReset(actions: Actions): VectorStepResult<Observations> {
    const { numEnvs, phases, singleObservationSpace: space } = this;
    const sameStep = this.autoresetMode === 'same-step';
    const result: VectorStepResult<Observations> = {
      observations: space.batch(numEnvs),
      rewards: new Float64Array(numEnvs),
      terminated: new Uint8Array(numEnvs),
      truncated: new Uint8Array(numEnvs),
      infos: this.noInfos,
    };
    let infos = this.stepAll(actions, phases, result);
    const { observations, terminated, truncated } = result;
    const due = (i: number) => (sameStep ? terminated[i] | truncated[i] : Number(phases[i] === ENDED));
    for (let i = 0; i < numEnvs; i++) {
      if (due(i) === 0) continue;
      const finalInfo = infos?.[i] ?? NO_INFO;
      const finalObservation = sameStep ? space.take(observations, i) : undefined;
      const info = this.resetOne(i, undefined, {}, observations);
      if (info === NO_INFO && !sameStep) continue;
      infos ??= [...this.noInfos];
      infos[i] = sameStep ? { ...info, finalObservation, finalInfo } : info;
    }
    if (infos !== undefined) result.infos = infos;
    this.remember(observations);
    return result;
  }

  private remember(observations: Observations): void {
    if (this.last !== undefined) this.singleObservationSpace.paste(this.last, 0, observations);
  }
}
