/** @file Action spaces that agents can act in: one of some, or numbers between bounds. */
import { UserError } from '../errors.js';
import { Box, Discrete, type Space } from '../envs/index.js';
import { Categorical, DiagonalGaussian, type ActionDistribution } from './policies.js';

/** @throws UserError when the space is not a Discrete one. */
export function discreteActions(space: Space, algorithm: string): Discrete {
  if (space instanceof Discrete) return space;
  throw new UserError(
    `${algorithm} needs discrete actions, the environment has ${space.toString()}. Choose --agent sac or --agent ppo.`,
  );
}

/** @throws UserError when the space is not a bounded float Box. */
export function continuousActions(space: Space, algorithm: string): Box {
  if (space instanceof Box) {
    const box = space as Box;
    if ([...box.low, ...box.high].every(Number.isFinite)) return box;
  }
  throw new UserError(
    `${algorithm} needs actions that are numbers between bounds, the environment has ${space.toString()}. ` +
      'Choose --agent dqn or --agent ppo.',
  );
}

/** The distribution that a policy over a space has. @throws UserError for composite spaces. */
export function distributionOver(space: Space): ActionDistribution {
  if (space instanceof Discrete) return new Categorical(space.n);
  if (space instanceof Box) return new DiagonalGaussian(space.flatSize);
  throw new UserError(
    `Agents act in Discrete and Box spaces, the environment has ${space.toString()}. Wrap it so that it takes one of these.`,
  );
}

/** Actions as the environment takes them: indices, or numbers cut off at the bounds. */
export function toEnvironment(space: Space, actions: Float32Array): Int32Array | Float32Array {
  if (!(space instanceof Box)) return Int32Array.from(actions);
  const { low, high, flatSize } = space as Box;
  return actions.map((value, i) => Math.max(low[i % flatSize], Math.min(high[i % flatSize], value)));
}
