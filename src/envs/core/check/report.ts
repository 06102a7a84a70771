/** @file What the checks of an environment share: the findings, and values compared and explained. */
import { isDeepStrictEqual } from 'node:util';
import { describeValue } from '../describe.js';
import { Discrete, isArraySpace, isBox, type Space } from '../spaces/index.js';

/** Findings, each once however often it is met. */
export class Report {
  private readonly found = { error: new Set<string>(), warning: new Set<string>() };

  /** What breaks a promise of the contract. */
  error(message: string): void {
    this.found.error.add(message);
  }

  /** What is allowed but probably not meant. */
  warning(message: string): void {
    this.found.warning.add(message);
  }

  /** Runs a check; what it throws is an error of the environment. */
  attempt<T>(what: string, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.error(`${what} failed: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  get errors(): string[] {
    return [...this.found.error];
  }

  get warnings(): string[] {
    return [...this.found.warning];
  }
}

/** A copy that later changes of the value do not reach. */
export function copyOf<T>(space: Space<T>, value: T): T {
  const batch = space.batch(1);
  space.put(batch, 0, value);
  return space.take(batch, 0);
}

/** Whether two values of a space are equal, number by number. */
export const equalIn = <T>(space: Space<T>, one: T, other: T): boolean =>
  isDeepStrictEqual(copyOf(space, one), copyOf(space, other));

/** Why a value is not in a space, and what to do about it. */
export function explain(space: Space, value: unknown): string {
  const found = `expected a value of ${String(space)}, found ${describeValue(value)}`;
  if (space instanceof Discrete && Number.isInteger(value)) return `${found}: widen the space, or correct it`;
  if (!isArraySpace(space)) return found;
  const { name } = space.empty().constructor;
  const needed = `a ${name} of ${space.length}`;
  if (Array.isArray(value)) return `${found}: return ${needed}, as ${name}.of(...) makes`;
  if (!space.hasType(value)) return `${found}: return ${needed}`;
  if (!isBox(space)) return found;
  const { low, high } = space;
  const i = value.findIndex((x, i) => !(x >= low[i] && x <= high[i]));
  return `${found}: element ${i} is ${value[i]} where ${low[i]} to ${high[i]} is allowed; widen the bounds, or clip`;
}

/** Whether it is an object that names things, as `{}` is. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
