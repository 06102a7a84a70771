/** @file What all vector environments share: their spaces, the order of calls, seeds, and checks of what they are given. */
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
export const RUNNING = 0;
export const ENDED = 1;
const NEW = 2;

const MODES: readonly AutoresetMode[] = ['next-step', 'same-step', 'disabled'];

export interface VectorOptions {
  /** Default: next-step. */
  autoresetMode?: AutoresetMode;
}

/** A seed for each environment, or none. */
export type Seeds = readonly (number | undefined)[] | undefined;

export abstract class BaseVectorEnv<Observations, Actions> implements VectorEnv<Observations, Actions> {
  readonly observationSpace: Space<Observations>;
  readonly actionSpace: Space<Actions>;
  readonly autoresetMode: AutoresetMode;
  /** `[n]`: RUNNING, or ENDED and not reset yet. */
  protected readonly phases: Uint8Array;
  /** Shared by all steps in which no environment has anything to tell. */
  protected readonly noInfos: readonly Info[];

  /** @throws UserError unless there is at least one, and for an unknown mode. */
  constructor(
    readonly numEnvs: number,
    readonly singleObservationSpace: Space<unknown, Observations>,
    readonly singleActionSpace: Space<unknown, Actions>,
    { autoresetMode = 'next-step' }: VectorOptions = {},
  ) {
    expectCount(numEnvs);
    if (!MODES.includes(autoresetMode)) {
      throw new UserError(
        `autoresetMode: expected ${MODES.join(', ')}, found ${describeValue(autoresetMode)}.`,
      );
    }
    this.autoresetMode = autoresetMode;
    this.observationSpace = singleObservationSpace.batchSpace(numEnvs);
    this.actionSpace = singleActionSpace.batchSpace(numEnvs);
    this.phases = new Uint8Array(numEnvs).fill(NEW);
    this.noInfos = Object.freeze(Array<Info>(numEnvs).fill(NO_INFO));
  }

  /** Begins episodes of those that the mask has 1 for, or of all. */
  protected abstract resetMasked(
    seeds: Seeds,
    options: Record<string, unknown>,
    mask: Uint8Array | undefined,
  ): VectorResetResult<Observations>;
  /** A step with valid actions, autoreset included. */
  protected abstract stepAndReset(actions: Actions): VectorStepResult<Observations>;
  abstract close(): void;

  reset({ seed, options = {}, mask }: VectorResetOptions = {}): VectorResetResult<Observations> {
    const seeds = resolveSeeds(seed, this.numEnvs);
    this.checkMask(mask);
    const result = this.resetMasked(seeds, options, mask);
    this.phases.forEach((_, i) => {
      if (mask?.[i] !== 0) this.phases[i] = RUNNING;
    });
    return result;
  }

  /** @throws UserError before the first `reset`, for actions that are none, and in mode `disabled` after an end. */
  step(actions: Actions): VectorStepResult<Observations> {
    this.checkStep(actions);
    const result = this.stepAndReset(actions);
    const { phases, autoresetMode } = this;
    const { terminated, truncated } = result;
    if (autoresetMode === 'same-step') return result;
    for (let i = 0; i < phases.length; i++)
      phases[i] = (terminated[i] | truncated[i]) === 1 ? ENDED : RUNNING;
    return result;
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
