/**
 * @file Settings of a command as a table: one entry holds a setting's flag, type, bounds, default and meaning, and the
 * command line, config files, validation and the type of a resolved config all come from it.
 */
import { readFileSync } from 'node:fs';
import { UserError, nearestName, unknownName } from '../errors.js';
import { fileError } from '../files.js';

/** One setting. */
export interface OptionSpec<T = unknown> {
  readonly help: string;
  readonly default: T;
  readonly type: 'text' | 'integer' | 'number' | 'switch' | 'range';
  /** Bounds of numbers, included. */
  readonly min?: number;
  readonly max?: number;
  /** The names that a text may be. */
  readonly names?: readonly string[];
  /** May differ when a run is resumed, as it does not change the result. */
  readonly operational?: boolean;
}

/** Settings by their names in code; `optionFlag` gives the name on the command line and in config files. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** A resolved config: a value for each option of a table. */
export type ConfigOf<Table extends OptionTable> = { [Name in keyof Table]: Table[Name]['default'] };

/** What a user set, by the options' names in code: text from the command line, JSON values from a file. */
export type GivenOptions<Table extends OptionTable = OptionTable> = Partial<Record<keyof Table, unknown>>;

export const text = (help: string, value: string, names?: readonly string[]): OptionSpec<string> => ({
  type: 'text',
  help,
  default: value,
  names,
});

export const integer = (help: string, value: number, min: number, max?: number): OptionSpec<number> => ({
  type: 'integer',
  help,
  default: value,
  min,
  max,
});

export const number = (help: string, value: number, min: number, max?: number): OptionSpec<number> => ({
  type: 'number',
  help,
  default: value,
  min,
  max,
});

export const flag = (help: string, value: boolean): OptionSpec<boolean> => ({
  type: 'switch',
  help,
  default: value,
});

/** Two numbers in (0, 1], such as 0.2-1. */
export const range = (help: string, value: [number, number]): OptionSpec<[number, number]> => ({
  type: 'range',
  help,
  default: value,
});

/** The same without a default: what it means to leave it out is part of the help. */
export const optional = <T>(spec: OptionSpec<T>): OptionSpec<T | undefined> => ({
  ...spec,
  default: undefined,
});

/** The same, but it may differ when a run is resumed. */
export const operational = <T>(spec: OptionSpec<T>): OptionSpec<T> => ({ ...spec, operational: true });

/** 'baseLr' as it is typed: 'base-lr'. */
export const optionFlag = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * The config that flags and a recipe make: defaults, then the recipe, then flags.
 * @param recipe options of a config file, and the file's name for messages
 * @throws UserError naming the flag or key, what was expected and what was found.
 */
export function resolveOptions<Table extends OptionTable>(
  table: Table,
  flags: GivenOptions<Table>,
  recipe?: { options: GivenOptions<Table>; file: string },
): ConfigOf<Table> {
  const entries = Object.entries(table).map(([name, spec]) => {
    const given = recipe?.options[name];
    if (flags[name] !== undefined) {
      return [name, checkOption(name, spec, flags[name], `--${optionFlag(name)}`)];
    }
    if (given !== undefined) {
      return [name, checkOption(name, spec, given, `${recipe?.file}: "${optionFlag(name)}"`)];
    }
    return [name, spec.default];
  });
  return Object.fromEntries(entries) as ConfigOf<Table>;
}

/**
 * The config of a run that goes on: what it started with. Flags may change what does not change the result.
 * @throws UserError for a flag that contradicts the run.
 */
export function resumedOptions<Table extends OptionTable>(
  table: Table,
  saved: ConfigOf<Table>,
  flags: GivenOptions<Table>,
): ConfigOf<Table> {
  const entries = Object.entries(table).map(([name, spec]) => {
    // A run may have been started before there was such an option.
    if (flags[name] === undefined) return [name, saved[name] ?? spec.default];
    const value = checkOption(name, spec, flags[name], `--${optionFlag(name)}`);
    if (spec.operational !== true && JSON.stringify(value) !== JSON.stringify(saved[name])) {
      throw new UserError(
        `--${optionFlag(name)} ${JSON.stringify(value)} contradicts the run to resume, which has ${JSON.stringify(saved[name])}. ` +
          'Leave the flag out, or start another run under another --run-name.',
      );
    }
    return [name, value];
  });
  return Object.fromEntries(entries) as ConfigOf<Table>;
}

/**
 * A config file's options. Its header, `about` and `command`, is for readers.
 * @throws UserError for a file that is not a JSON object of known options.
 */
export function readConfigFile<Table extends OptionTable>(table: Table, path: string): GivenOptions<Table> {
  let values: unknown;
  try {
    values = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${path} is not JSON: ${error.message}.`);
    throw fileError(error, 'read', path);
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new UserError(`${path}: expected one JSON object of options, such as {"epochs": 10}.`);
  }
  const known = new Map(Object.keys(table).map((name) => [optionFlag(name), name]));
  const given: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (key === 'about' || key === 'command') continue;
    const name = known.get(key);
    if (name === undefined) {
      const near = nearestName(key, [...known.keys()]);
      const hint = near === undefined ? 'See --help.' : `Did you mean "${near}"?`;
      throw new UserError(`${path}: unknown option "${key}". ${hint}`);
    }
    given[name] = value;
  }
  return given as GivenOptions<Table>;
}

/** One option's value, converted and within its bounds. */
function checkOption(
  name: string,
  { type, min = -Infinity, max = Infinity, names }: OptionSpec,
  given: unknown,
  where: string,
): string | number | boolean | number[] {
  const refuse = (expected: string) =>
    new UserError(`${where}: expected ${expected}, found ${JSON.stringify(given)}.`);
  switch (type) {
    case 'switch':
      if (typeof given !== 'boolean') throw refuse('true or false');
      return given;
    case 'text':
      if (typeof given !== 'string' || given === '') throw refuse('a name');
      if (names !== undefined && !names.includes(given)) throw unknownName(optionFlag(name), given, names);
      return given;
    case 'range': {
      const bounds = Array.isArray(given) ? given.map(toNumber) : String(given).split('-').map(toNumber);
      const [low, high] = bounds;
      if (bounds.length !== 2 || !(low > 0 && low <= high && high <= 1))
        throw refuse('two numbers in (0, 1], such as 0.2-1');
      return bounds;
    }
    default: {
      const value = toNumber(given);
      const kind = type === 'integer' ? 'a whole number' : 'a number';
      const bounds = max === Infinity ? `from ${min}` : `between ${min} and ${max}`;
      const fits = Number.isFinite(value) && value >= min && value <= max;
      if (!fits || (type === 'integer' && !Number.isSafeInteger(value))) throw refuse(`${kind} ${bounds}`);
      return value;
    }
  }
}

const toNumber = (value: unknown) =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
