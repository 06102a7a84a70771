/** @file Observations through a function. */
import type { Env } from '../env.js';
import type { Space } from '../spaces/index.js';
import { ObservationWrapper } from './wrapper.js';

/**
 * Shows `transform(observation)`, which must be a new value of `observationSpace`.
 *
 * @example new TransformObservation(env, (o) => o.map((x) => x / 2), new Box({ low: -1, high: 1, shape: [4] }))
 */
export class TransformObservation<
  Observation,
  Action,
  InnerObservation = Observation,
> extends ObservationWrapper<Observation, Action, InnerObservation> {
  constructor(
    env: Env<InnerObservation, Action>,
    private readonly transform: (inner: InnerObservation) => Observation,
    readonly observationSpace: Space<Observation>,
  ) {
    super(env);
  }

  observation(inner: InnerObservation): Observation {
    return this.transform(inner);
  }
}
