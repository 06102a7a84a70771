/** @file Environments so simple that every agent must learn them: the right action is the observation itself. */
import {
  BaseEnv,
  Box,
  Discrete,
  TimeLimit,
  type Env,
  type ResetResult,
  type StepResult,
} from '../../src/envs/index.js';

const EPISODE = 20;
/** Of pictures, in pixels. */
export const SIDE = 20;

export type IdentityKind = 'discrete' | 'box' | 'picture';

/** Shows one of `count` symbols; naming it is rewarded with 1. */
class IdentityEnv extends BaseEnv<number, number> {
  readonly fps = 1;
  readonly observationSpace: Discrete;
  readonly actionSpace: Discrete;
  private shown = 0;

  constructor(private readonly count: number) {
    super();
    [this.observationSpace, this.actionSpace] = [new Discrete(count), new Discrete(count, 1)];
  }

  protected start(): ResetResult<number> {
    this.shown = this.rng.integers(0, this.count);
    return { observation: this.shown, info: {} };
  }

  step(action: number): StepResult<number> {
    const reward = action - 1 === this.shown ? 1 : 0;
    return { ...this.start(), reward, terminated: false, truncated: false };
  }
}

/** Shows a number between -1 and 1; the reward is 1 less the square of the distance of the action, which is 10 times as large. */
class IdentityBoxEnv extends BaseEnv<Float32Array, Float32Array> {
  readonly fps = 1;
  readonly observationSpace = new Box({ low: -1, high: 1, shape: [1] });
  readonly actionSpace = new Box({ low: -10, high: 10, shape: [1] });
  private shown = 0;

  protected start(): ResetResult<Float32Array> {
    this.shown = this.rng.uniform(-1, 1);
    return { observation: Float32Array.of(this.shown), info: {} };
  }

  step(action: Float32Array): StepResult<Float32Array> {
    const reward = 1 - (action[0] / 10 - this.shown) ** 2;
    return { ...this.start(), reward, terminated: false, truncated: false };
  }
}

/** A picture that is white on the left or on the right; naming the side is rewarded with 1. */
class IdentityPictureEnv extends BaseEnv<Uint8Array, number> {
  readonly fps = 1;
  readonly observationSpace = new Box({ low: 0, high: 255, shape: [SIDE, SIDE, 3], dtype: 'uint8' });
  readonly actionSpace = new Discrete(2);
  private shown = 0;

  protected start(): ResetResult<Uint8Array> {
    this.shown = this.rng.integers(0, 2);
    const observation = new Uint8Array(SIDE * SIDE * 3).map((_, i) =>
      Math.floor(i / 3) % SIDE < SIDE / 2 === (this.shown === 0) ? 255 : 0,
    );
    return { observation, info: {} };
  }

  step(action: number): StepResult<Uint8Array> {
    const reward = action === this.shown ? 1 : 0;
    return { ...this.start(), reward, terminated: false, truncated: false };
  }
}

/** Episodes of 20 steps, cut off: the best return is 20. */
export function identityEnv(kind: IdentityKind): Env {
  const envs: Record<IdentityKind, () => Env> = {
    discrete: () => new IdentityEnv(4),
    box: () => new IdentityBoxEnv(),
    picture: () => new IdentityPictureEnv(),
  };
  const env = envs[kind]();
  return new TimeLimit(env, EPISODE);
}
