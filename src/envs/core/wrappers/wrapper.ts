/**
 * @file Wrappers change an environment from outside and are environments themselves, as Gymnasium's
 * (https://gymnasium.farama.org/api/wrappers). A step's result is passed up and changed in place: nothing is allocated
 * by a wrapper that changes a number.
 */
import type { Generator } from '../../../random/index.js';
import type { Frame, Painter, Screen } from '../../../recording/index.js';
import type { Env, EnvSpec, ResetOptions, ResetResult, StepResult } from '../env.js';
import type { Space } from '../spaces/index.js';
import { wrongAction } from './misuse.js';

/** What all wrappers pass through; the inner environment's types may differ from those outside. */
export abstract class AnyWrapper<Observation, Action, InnerObservation, InnerAction> implements Env<
  Observation,
  Action
> {
  abstract readonly observationSpace: Space<Observation>;
  abstract readonly actionSpace: Space<Action>;

  constructor(readonly env: Env<InnerObservation, InnerAction>) {}

  abstract reset(options?: ResetOptions): ResetResult<Observation>;
  abstract step(action: Action): StepResult<Observation>;

  get spec(): EnvSpec | undefined {
    return this.env.spec;
  }

  get fps(): number {
    return this.env.fps;
  }

  get rng(): Generator {
    return this.env.rng;
  }

  get screen(): Screen | undefined {
    return this.env.screen;
  }

  /** Absent where the inner environment has nothing to see. */
  get draw(): ((painter: Painter) => void) | undefined {
    const { env } = this;
    return env.draw === undefined ? undefined : (painter) => env.draw?.(painter);
  }

  render(): Frame | Uint8Array | undefined {
    return this.env.render();
  }

  close(): void {
    this.env.close();
  }

  get unwrapped(): Env {
    return this.env.unwrapped;
  }
}

/** A wrapper that leaves both spaces as they are; override what it changes. */
export abstract class Wrapper<Observation, Action> extends AnyWrapper<
  Observation,
  Action,
  Observation,
  Action
> {
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;

  constructor(env: Env<Observation, Action>) {
    super(env);
    this.observationSpace = env.observationSpace;
    this.actionSpace = env.actionSpace;
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    return this.env.step(action);
  }
}

/** A wrapper that makes other observations. */
export abstract class ObservationWrapper<
  Observation,
  Action,
  InnerObservation = Observation,
> extends AnyWrapper<Observation, Action, InnerObservation, Action> {
  readonly actionSpace: Space<Action>;

  constructor(env: Env<InnerObservation, Action>) {
    super(env);
    this.actionSpace = env.actionSpace;
  }

  /** What is seen outside for an observation from inside; a new value. */
  abstract observation(inner: InnerObservation): Observation;

  reset(options?: ResetOptions): ResetResult<Observation> {
    const { observation, info } = this.env.reset(options);
    return { observation: this.observation(observation), info };
  }

  step(action: Action): StepResult<Observation> {
    const { observation, reward, terminated, truncated, info } = this.env.step(action);
    return { observation: this.observation(observation), reward, terminated, truncated, info };
  }
}

/** A wrapper that takes other actions. */
export abstract class ActionWrapper<Observation, Action, InnerAction = Action> extends AnyWrapper<
  Observation,
  Action,
  Observation,
  InnerAction
> {
  readonly observationSpace: Space<Observation>;

  constructor(env: Env<Observation, InnerAction>) {
    super(env);
    this.observationSpace = env.observationSpace;
  }

  /** What is done inside for a valid action from outside. */
  abstract action(outer: Action): InnerAction;

  reset(options?: ResetOptions): ResetResult<Observation> {
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    if (!this.actionSpace.contains(action)) throw wrongAction(this, action);
    return this.env.step(this.action(action));
  }
}

/** A wrapper that gives other rewards. */
export abstract class RewardWrapper<Observation, Action> extends Wrapper<Observation, Action> {
  abstract reward(inner: number): number;

  override step(action: Action): StepResult<Observation> {
    const result = this.env.step(action);
    result.reward = this.reward(result.reward);
    return result;
  }
}
