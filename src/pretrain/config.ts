/** @file From flags and a config file to one checked config: defaults, then the file, then flags. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { headSizes } from '../encoders/index.js';
import { UserError, nearestName, unknownName } from '../errors.js';
import { PROJECT_ROOT, fileError } from '../files.js';
import { OPTIONS, OPTION_NAMES, optionFlag, type OptionName, type PretrainConfig } from './options.js';

/** What a user set, by the options' names in code: text from the command line, JSON values from a file. */
export type GivenOptions = Partial<Record<OptionName, unknown>>;

/** What `npm run pretrain` alone runs. */
export const QUICKSTART = join(PROJECT_ROOT, 'configs', 'quickstart.json');

/**
 * The config of a run. Without a file, a data set or an encoder being named, the quick start's recipe is the base.
 * @throws UserError naming the flag or key, what was expected and what was found.
 */
export function resolveConfig(flags: GivenOptions, file?: string): PretrainConfig {
  const base = file ?? (flags.dataset === undefined && flags.arch === undefined ? QUICKSTART : undefined);
  const recipe = base === undefined ? {} : readConfigFile(base);
  const entries = OPTION_NAMES.map((name) => {
    if (flags[name] !== undefined) return [name, checkOption(name, flags[name], `--${optionFlag(name)}`)];
    if (recipe[name] !== undefined)
      return [name, checkOption(name, recipe[name], `${base}: "${optionFlag(name)}"`)];
    return [name, OPTIONS[name].default];
  });
  const config = Object.fromEntries(entries) as PretrainConfig;
  headSizes(1, config.mlp);
  if (config.warmupEpochs > config.epochs) {
    if (flags.warmupEpochs !== undefined || recipe.warmupEpochs !== undefined) {
      throw new UserError(
        `--warmup-epochs ${config.warmupEpochs} is more than --epochs ${config.epochs}: warm-up must end before training does.`,
      );
    }
    config.warmupEpochs = config.epochs / 10;
  }
  return config;
}

/**
 * The config of a run that goes on: what it started with. Flags may change what does not change the weights.
 * @throws UserError for a flag that contradicts the run.
 */
export function resumedConfig(saved: PretrainConfig, flags: GivenOptions): PretrainConfig {
  const entries = OPTION_NAMES.map((name) => {
    if (flags[name] === undefined) return [name, saved[name]];
    const value = checkOption(name, flags[name], `--${optionFlag(name)}`);
    if (!OPTIONS[name].operational && JSON.stringify(value) !== JSON.stringify(saved[name])) {
      throw new UserError(
        `--${optionFlag(name)} ${JSON.stringify(value)} contradicts the run to resume, which has ${JSON.stringify(saved[name])}. ` +
          'Leave the flag out, or start another run under another --run-name.',
      );
    }
    return [name, value];
  });
  return Object.fromEntries(entries) as PretrainConfig;
}

/** A config file's options. Its header, `about` and `command`, is for readers. */
function readConfigFile(path: string): GivenOptions {
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
  const known = new Map(OPTION_NAMES.map((name) => [optionFlag(name), name]));
  const given: GivenOptions = {};
  for (const [key, value] of Object.entries(values)) {
    if (key === 'about' || key === 'command') continue;
    const name = known.get(key);
    if (name === undefined) {
      const near = nearestName(key, [...known.keys()]);
      const hint = near === undefined ? 'See npm run pretrain -- --help.' : `Did you mean "${near}"?`;
      throw new UserError(`${path}: unknown option "${key}". ${hint}`);
    }
    given[name] = value;
  }
  return given;
}

/** One option's value, converted and within its bounds. */
function checkOption(name: OptionName, given: unknown, where: string): string | number | boolean | number[] {
  const { type, min = -Infinity, max = Infinity, names } = OPTIONS[name];
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
      const range = max === Infinity ? `from ${min}` : `between ${min} and ${max}`;
      if (
        !Number.isFinite(value) ||
        value < min ||
        value > max ||
        (type === 'integer' && !Number.isSafeInteger(value))
      ) {
        throw refuse(`${kind} ${range}`);
      }
      return value;
    }
  }
}

const toNumber = (value: unknown) =>
  typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
