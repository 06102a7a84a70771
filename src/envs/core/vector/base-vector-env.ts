/** @file What vector environments share: order, seeds, checks and autoreset, around dynamics that subclasses have. */
import { UserError } from '../../../errors.js';
import { describeValue } from '../describe.js';
import { NO_INFO, type Info } from '../env.js';
import type { Space } from '../spaces/index.js';
import type {
  AutoresetMode,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from './vector-env.js';

/** What an environment of the vector is doing. */
const RUNNING = 0;
const ENDED = 1;
const NEW = 2;

export const AUTORESET_MODES: readonly AutoresetMode[] = ['next-step', 'same-step', 'disabled'];

export interface VectorOptions {
  /** Default: next-step. */
  autoresetMode?: AutoresetMode;
}

export abstract class BaseVectorEnv<Observations, Actions> implements VectorEnv<Observations, Actions> {
  readonly observationSpace: Space<Observations>;
  readonly actionSpace: Space<Actions>;
  readonly autoresetMode: AutoresetMode;
  private readonly phases: Uint8Array;
  /** In mode `disabled`, the last observations: a reset of some environments returns those of the others. */
  private readonly last?: Observations;
  /** Shared by all steps in which no environment has anything to tell. */
  private readonly noInfos: readonly Info[];

  /** @throws UserError unless there is at least one, and for an unknown mode. */
  constructor(
    readonly numEnvs: number,
    readonly singleObservationSpace: Space<unknown, Observations>,
    readonly singleActionSpace: Space<unknown, Actions>,
    { autoresetMode = 'next-step' }: VectorOptions = {},
  ) {
    expectCount(numEnvs);
    if (!AUTORESET_MODES.includes(autoresetMode)) {
      throw new UserError(
        `autoresetMode: expected ${AUTORESET_MODES.join(', ')}, found ${describeValue(autoresetMode)}.`,
      );
    }
    this.autoresetMode = autoresetMode;
    this.observationSpace = singleObservationSpace.batchSpace(numEnvs);
    this.actionSpace = singleActionSpace.batchSpace(numEnvs);
    this.phases = new Uint8Array(numEnvs).fill(NEW);
    if (autoresetMode === 'disabled') this.last = singleObservationSpace.batch(numEnvs);
    this.noInfos = Object.freeze(Array<Info>(numEnvs).fill(NO_INFO));
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
  abstract close(): void;

  reset({ seed, options = {}, mask }: VectorResetOptions = {}): VectorResetResult<Observations> {
    const { numEnvs, phases, singleObservationSpace: space } = this;
    const seeds = resolveSeeds(seed, numEnvs);
    this.checkMask(mask);
    const observations = space.batch(numEnvs);
    const infos = Array<Info>(numEnvs).fill(NO_INFO);
    for (let i = 0; i < numEnvs; i++) {
      if (mask?.[i] === 0 && this.last !== undefined) {
        space.put(observations, i, space.take(this.last, i));
        continue;
      }
      infos[i] = this.resetOne(i, seeds?.[i], options, observations);
      phases[i] = RUNNING;
    }
    this.remember(observations);
    return { observations, infos };
  }

  /** @throws UserError before the first `reset`, for actions that are none, and in mode `disabled` after an end. */
  step(actions: Actions): VectorStepResult<Observations> {
    const { numEnvs, phases, singleObservationSpace: space } = this;
    const sameStep = this.autoresetMode === 'same-step';
    this.checkStep(actions);
    const result: VectorStepResult<Observations> = {
      observations: space.batch(numEnvs),
      rewards: new Float64Array(numEnvs),
      terminated: new Uint8Array(numEnvs),
      truncated: new Uint8Array(numEnvs),
      infos: this.noInfos,
    };
    let infos = this.stepAll(actions, phases, result);
    const { observations, terminated, truncated } = result;
    for (let i = 0; i < numEnvs; i++) {
      const ends = terminated[i] | truncated[i];
      if ((ends | phases[i]) === RUNNING) continue;
      const begins = sameStep || phases[i] === ENDED;
      phases[i] = ends === 1 && !sameStep ? ENDED : RUNNING;
      if (!begins) continue;
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

  private checkMask(mask: Uint8Array | undefined): void {
    const { numEnvs, phases, autoresetMode } = this;
    if (mask === undefined) return;
    if (autoresetMode !== 'disabled') {
      throw new UserError(
        `mask: expected autoresetMode "disabled", found "${autoresetMode}", which resets by itself.`,
      );
    }
    if (mask.length !== numEnvs || !mask.every((value) => value <= 1)) {
      throw new UserError(`mask: expected ${numEnvs} numbers 0 or 1, found ${describeValue(mask)}.`);
    }
    const left = phases.findIndex((phase, i) => phase === NEW && mask[i] === 0);
    if (left !== -1) {
      throw new UserError(`mask: the first reset() must reset all environments, but ${left} is left out.`);
    }
  }

  private checkStep(actions: Actions): void {
    const { phases, actionSpace } = this;
    if (phases[0] === NEW) {
      throw new UserError('step() was called before the first reset(). Call reset() first.');
    }
    if (this.autoresetMode === 'disabled' && phases.includes(ENDED)) {
      throw new UserError(
        `step() was called after the episode of environment ${phases.indexOf(ENDED)} had ended. ` +
          'With autoresetMode "disabled", call reset({ mask }) for those that ended.',
      );
    }
    if (!actionSpace.contains(actions)) {
      throw new UserError(`expected actions in ${String(actionSpace)}, found ${describeValue(actions)}.`);
    }
  }
}

/** @throws UserError unless it is a whole number from 1. */
export function expectCount(numEnvs: number): void {
  if (Number.isInteger(numEnvs) && numEnvs >= 1) return;
  throw new UserError(
    `A vector environment expects a whole number of environments from 1, found ${numEnvs}.`,
  );
}

/** A seed for each environment. @throws UserError for a list of another length. */
export function resolveSeeds(
  seed: VectorResetOptions['seed'],
  numEnvs: number,
): readonly (number | undefined)[] | undefined {
  if (typeof seed === 'number') return Array.from({ length: numEnvs }, (_, i) => seed + i);
  if (seed === undefined || seed.length === numEnvs) return seed;
  throw new UserError(
    `seed: expected one, or one for each of ${numEnvs} environments, found ${seed.length}.`,
  );
}
