/** @file Wrong use of an environment is an error that says so, not a number that is off. */
import { UserError } from '../../../errors.js';
import type { Frame, Painter } from '../../../recording/index.js';
import type { Env, EnvSpec, ResetOptions, ResetResult, StepResult } from '../env.js';
import { describeValue } from '../describe.js';
import { Wrapper } from './wrapper.js';

/** Refuses steps before `reset` and after the end, and actions outside of the space. */
export class OrderEnforcing<Observation, Action> extends Wrapper<Observation, Action> {
  private phase: 'new' | 'running' | 'ended' = 'new';

  /** @param entry what `spec` of this and all wrappers around it says */
  constructor(
    env: Env<Observation, Action>,
    private readonly entry = env.spec,
  ) {
    super(env);
  }

  override get spec(): EnvSpec | undefined {
    return this.entry;
  }

  override reset(options?: ResetOptions): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.phase = 'running';
    return result;
  }

  /** @throws UserError before the first `reset`, after the end of an episode, for an action that is none. */
  override step(action: Action): StepResult<Observation> {
    if (this.phase !== 'running') throw this.phase === 'new' ? this.needsReset('step') : stepAfterEnd(this);
    if (!this.actionSpace.contains(action)) throw this.wrongAction(action);
    const result = this.env.step(action);
    if (result.terminated || result.truncated) this.phase = 'ended';
    return result;
  }

  override get draw(): ((painter: Painter) => void) | undefined {
    if (this.phase === 'new' && this.env.draw !== undefined) throw this.needsReset('draw');
    return super.draw;
  }

  override render(): Frame | Uint8Array | undefined {
    if (this.phase === 'new') throw this.needsReset('render');
    return this.env.render();
  }

  private needsReset(method: string): UserError {
    return new UserError(
      `${nameOf(this)}: ${method}() was called before the first reset(). Call reset() first.`,
    );
  }

  private wrongAction(action: unknown): UserError {
    const { actionSpace } = this;
    return new UserError(
      `${nameOf(this)}: expected an action in ${String(actionSpace)}, found ${describeValue(action)}. ` +
        'Actions from actionSpace.sample() are always valid; the wrapper ClipAction brings numbers within bounds.',
    );
  }
}

/** The error of a step after the end of an episode. */
export const stepAfterEnd = (env: Env): UserError =>
  new UserError(
    `${nameOf(env)}: step() was called after the episode had ended. Call reset() to begin the next.`,
  );

const nameOf = ({ spec, unwrapped }: Env): string => spec?.id ?? unwrapped.constructor.name;
