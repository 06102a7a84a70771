/** @file A vector of single environments that step one after the other. */
import { UserError } from '../../../errors.js';
import { NO_INFO, type Env, type Info } from '../env.js';
import type { Space } from '../spaces/index.js';
import { AutoresetVectorEnv } from './autoreset-vector-env.js';
import { expectCount, type VectorOptions } from './base-vector-env.js';
import type { VectorStepResult } from './vector-env.js';

/** @example new SyncVectorEnv([() => make('CartPole-v1'), () => make('CartPole-v1')]).reset({ seed: 0 }) */
export class SyncVectorEnv<Observations, Actions> extends AutoresetVectorEnv<Observations, Actions> {
  readonly envs: readonly Env[];

  /** @throws UserError for none, and for environments whose spaces differ. */
  constructor(factories: readonly (() => Env)[], options: VectorOptions = {}) {
    expectCount(factories.length);
    const envs = factories.map((create) => create());
    const { observationSpace, actionSpace } = envs[0];
    super(
      envs.length,
      observationSpace as Space<unknown, Observations>,
      actionSpace as Space<unknown, Actions>,
      options,
    );
    this.envs = envs;
    envs.forEach((env, i) => {
      expectEqual(i, 'observations', env.observationSpace, observationSpace);
      expectEqual(i, 'actions', env.actionSpace, actionSpace);
    });
  }

  close(): void {
    for (const env of this.envs) env.close();
  }

  protected resetOne(
    index: number,
    seed: number | undefined,
    options: Record<string, unknown>,
    observations: Observations,
  ): Info {
    const { observation, info } = this.envs[index].reset({ seed, options });
    this.singleObservationSpace.put(observations, index, observation);
    return info;
  }

  protected stepAll(
    actions: Actions,
    skip: Uint8Array,
    result: Omit<VectorStepResult<Observations>, 'infos'>,
  ): Info[] | undefined {
    let infos: Info[] | undefined;
    for (let i = 0; i < this.numEnvs; i++) {
      if (skip[i] === 1) continue;
      const step = this.envs[i].step(this.singleActionSpace.take(actions, i));
      this.singleObservationSpace.put(result.observations, i, step.observation);
      result.rewards[i] = step.reward;
      result.terminated[i] = Number(step.terminated);
      result.truncated[i] = Number(step.truncated);
      if (step.info === NO_INFO) continue;
      infos ??= Array<Info>(this.numEnvs).fill(NO_INFO);
      infos[i] = step.info;
    }
    return infos;
  }
}

function expectEqual(index: number, name: string, found: Space, expected: Space): void {
  if (found.equals(expected)) return;
  throw new UserError(
    `A vector expects equal environments: the ${name} of environment ${index} are ${String(found)}, of the first ${String(expected)}.`,
  );
}
