/** @file Wrong use of an environment is an error that says so, not a number that is off. */
import type { Frame, Painter } from '../../../recording/index.js';
import type { Env, EnvSpec, ResetOptions, ResetResult, StepResult } from '../env.js';
import { needsReset, stepAfterEnd, wrongAction } from './misuse.js';
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
    if (this.phase !== 'running') throw this.phase === 'new' ? needsReset(this, 'step') : stepAfterEnd(this);
    if (!this.actionSpace.contains(action)) throw wrongAction(this, action);
    const result = this.env.step(action);
    if (result.terminated || result.truncated) this.phase = 'ended';
    return result;
  }

  override get draw(): ((painter: Painter) => void) | undefined {
    const { env } = this;
    if (env.draw === undefined) return undefined;
    return (painter) => {
      if (this.phase === 'new') throw needsReset(this, 'draw');
      env.draw?.(painter);
    };
  }

  override render(): Frame | Uint8Array | undefined {
    if (this.phase === 'new') throw needsReset(this, 'render');
    return this.env.render();
  }
}
