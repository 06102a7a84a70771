/** @file Many environments of one kind, their states side by side in one array. */
import type { Generator } from '../../random/index.js';
import type { Box, Space, VectorCore } from '../core/index.js';
import type { Dynamics } from './dynamics.js';

export class DynamicsVector<
  Action extends number | Float32Array,
  Actions extends ArrayLike<number>,
> implements VectorCore<Float32Array, Actions> {
  readonly observationSpace: Box<'float32'>;
  readonly actionSpace: Space<Action, Actions>;
  private readonly states: Float64Array;

  constructor(
    private readonly dynamics: Dynamics<Action, Actions>,
    private readonly count: number,
  ) {
    this.observationSpace = dynamics.observationSpace;
    this.actionSpace = dynamics.actionSpace;
    this.states = new Float64Array(count * dynamics.stateSize);
  }

  resetOne(
    index: number,
    rng: Generator,
    observations: Float32Array,
    options: Record<string, unknown>,
  ): void {
    const at = index * this.dynamics.stateSize;
    this.dynamics.reset(this.states, at, rng, options);
    this.dynamics.observe(this.states, at, observations, index * this.observationSpace.length);
  }

  step(
    actions: Actions,
    skip: Uint8Array,
    observations: Float32Array,
    rewards: Float64Array,
    terminated: Uint8Array,
  ): void {
    const { dynamics, states, count } = this;
    const { stateSize } = dynamics;
    const { length } = this.observationSpace;
    for (let i = 0; i < count; i++) {
      if (skip[i] === 1) continue;
      rewards[i] = dynamics.step(states, i * stateSize, actions[i]);
      terminated[i] = dynamics.terminated ? 1 : 0;
      dynamics.observe(states, i * stateSize, observations, i * length);
    }
  }
}
