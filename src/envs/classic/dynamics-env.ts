/** @file A single environment made of its dynamics. */
import type { Painter, Screen } from '../../recording/index.js';
import {
  BaseEnv,
  NO_INFO,
  type Box,
  type EnvOptions,
  type ResetResult,
  type Space,
  type StepResult,
} from '../core/index.js';
import type { Dynamics } from './dynamics.js';

export class DynamicsEnv<Action extends number | Float32Array, Actions> extends BaseEnv<
  Float32Array,
  Action
> {
  readonly observationSpace: Box<'float32'>;
  readonly actionSpace: Space<Action, Actions>;
  readonly fps: number;
  override readonly screen: Screen;
  private readonly state: Float64Array;

  constructor(
    private readonly dynamics: Dynamics<Action, Actions>,
    options: EnvOptions = {},
  ) {
    super(options);
    this.observationSpace = dynamics.observationSpace;
    this.actionSpace = dynamics.actionSpace;
    this.fps = dynamics.fps;
    this.screen = dynamics.screen;
    this.state = new Float64Array(dynamics.stateSize);
  }

  protected start(options: Record<string, unknown>): ResetResult<Float32Array> {
    this.dynamics.reset(this.state, 0, this.rng, options);
    return { observation: this.observe(), info: NO_INFO };
  }

  step(action: Action): StepResult<Float32Array> {
    const { dynamics, state } = this;
    const reward = dynamics.step(state, 0, typeof action === 'number' ? action : action[0]);
    return {
      observation: this.observe(),
      reward,
      terminated: dynamics.terminated,
      truncated: false,
      info: NO_INFO,
    };
  }

  override draw(painter: Painter): void {
    this.dynamics.draw(painter, this.state);
  }

  private observe(): Float32Array {
    const observation = this.observationSpace.empty();
    this.dynamics.observe(this.state, 0, observation, 0);
    return observation;
  }
}
