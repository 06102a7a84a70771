/**
 * @file What a classic control environment is: a few numbers of state, an arithmetic that moves them on, and a drawing.
 * The single environment and the vector of many call the same methods, so they agree by construction.
 *
 * All arithmetic is Gymnasium's in float64, operation by operation, so that observations are equal in float32.
 */
import { UserError } from '../../errors.js';
import type { Generator } from '../../random/index.js';
import type { Painter, Screen } from '../../recording/index.js';
import { numberOption, type Box, type Space } from '../core/index.js';

/** The options of `reset`. */
export type ResetSettings = Readonly<Record<string, unknown>>;

/**
 * The states of many environments lie in one array, `stateSize` numbers each; `at` is where one begins. An action is
 * one number: which one of several, or a force.
 */
export abstract class Dynamics<Action extends number | Float32Array, Actions> {
  abstract readonly observationSpace: Box<'float32'>;
  abstract readonly actionSpace: Space<Action, Actions>;
  abstract readonly fps: number;
  abstract readonly screen: Screen;
  abstract readonly stateSize: number;
  /** Whether the last step ended its episode. */
  terminated = false;

  /** Draws a first state. @throws UserError for bounds that are none. */
  abstract reset(state: Float64Array, at: number, rng: Generator, settings: ResetSettings): void;
  /** Moves on by one action, says in `terminated` whether that ended the episode, and returns the reward. */
  abstract step(state: Float64Array, at: number, action: number): number;
  abstract observe(state: Float64Array, at: number, out: Float32Array, to: number): void;
  abstract draw(painter: Painter, state: Float64Array): void;
}

/** The bounds `low` and `high` of a first state. @throws UserError unless they are numbers, low <= high. */
export function resetBounds(settings: ResetSettings, low: number, high: number): [number, number] {
  const given = { low, high, ...settings };
  const bounds: [number, number] = [numberOption(given, 'low'), numberOption(given, 'high')];
  if (bounds[0] <= bounds[1]) return bounds;
  throw new UserError(`reset options: expected low <= high, found low ${bounds[0]} and high ${bounds[1]}.`);
}
