/** @file Options of environments, as `make` passes them: checked where they are read. */
import { UserError } from '../../errors.js';
import { describeValue } from './describe.js';

type Options = Readonly<Record<string, unknown>>;

/** Bounds of a number, both allowed. */
export interface NumberBounds {
  low?: number;
  high?: number;
}

/** A number among the options. @throws UserError for anything else, and for a number out of bounds. */
export function numberOption(
  options: Options,
  name: string,
  { low = -Infinity, high = Infinity }: NumberBounds = {},
): number {
  const value = options[name];
  if (typeof value === 'number' && value >= low && value <= high && Number.isFinite(value)) return value;
  const above = low === -Infinity ? '' : ` from ${low}`;
  const below = high === Infinity ? '' : ` to ${high}`;
  throw new UserError(`${name}: expected a number${above}${below}, found ${describeValue(value)}.`);
}

/** True or false among the options. @throws UserError for anything else. */
export function booleanOption(options: Options, name: string): boolean {
  const value = options[name];
  if (typeof value === 'boolean') return value;
  throw new UserError(`${name}: expected true or false, found ${describeValue(value)}.`);
}
