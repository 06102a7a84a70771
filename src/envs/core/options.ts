/** @file Options of environments, as `make` passes them: checked where they are read. */
import { UserError } from '../../errors.js';
import { describeValue } from './describe.js';

type Options = Readonly<Record<string, unknown>>;

/** What a number may be; both bounds are allowed. */
export interface NumberBounds {
  low?: number;
  high?: number;
  whole?: boolean;
}

/** A number among the options. @throws UserError for anything else, and for a number out of bounds. */
export function numberOption(
  options: Options,
  name: string,
  { low = -Infinity, high = Infinity, whole = false }: NumberBounds = {},
): number {
  const value = options[name];
  const fits = whole ? Number.isInteger(value) : Number.isFinite(value);
  if (typeof value === 'number' && fits && value >= low && value <= high) return value;
  const kind = whole ? 'a whole number' : 'a number';
  const above = low === -Infinity ? '' : ` from ${low}`;
  const below = high === Infinity ? '' : ` to ${high}`;
  throw new UserError(`${name}: expected ${kind}${above}${below}, found ${describeValue(value)}.`);
}

/** True or false among the options. @throws UserError for anything else. */
export function booleanOption(options: Options, name: string): boolean {
  const value = options[name];
  if (typeof value === 'boolean') return value;
  throw new UserError(`${name}: expected true or false, found ${describeValue(value)}.`);
}
