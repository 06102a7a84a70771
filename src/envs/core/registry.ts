/** @file The registry: environments by id. A new environment is a file and one `register` line in its family's index. */
import { nearestName, unknownName, UserError } from '../../errors.js';
import type { Env, EnvSpec, RenderMode } from './env.js';
import type { VectorCore } from './vector/vector-env.js';

/** Options of an environment as its factory gets them: those of the spec, overridden by those given to `make`. */
export type EnvOptions = Record<string, unknown> & { renderMode?: RenderMode };
export type EnvFactory = (options: EnvOptions) => Env;

/** What an environment may offer beside itself. */
export interface EnvExtras {
  /** An implementation of many at once, equal to as many single ones bit for bit. */
  vector?: (count: number, options: EnvOptions) => VectorCore;
}

interface Entry extends EnvExtras {
  spec: EnvSpec;
  create: EnvFactory;
}

const REGISTRY = new Map<string, Entry>();

/**
 * Makes an environment known under its id; users' own environments too.
 *
 * @example register({ id: 'Walk-v0', description: 'A walk', maxEpisodeSteps: 50 }, (options) => new Walk(options));
 * @throws UserError for an id that is taken or not of the form Name-vN.
 */
export function register(spec: EnvSpec, create: EnvFactory, extras: EnvExtras = {}): void {
  if (!/^[\w./-]+-v\d+$/.test(spec.id)) {
    throw new UserError(`The id of an environment: expected Name-vN, such as Walk-v0, found "${spec.id}".`);
  }
  if (REGISTRY.has(spec.id)) {
    throw new UserError(
      `The environment "${spec.id}" is registered already: choose another name or version.`,
    );
  }
  REGISTRY.set(spec.id, { spec, create, ...extras });
}

/** The entry of an id. @throws UserError for an unknown id, with the nearest known one. */
export function findEnv(id: string): Entry {
  const found = REGISTRY.get(id);
  if (found !== undefined) return found;
  const known = [...REGISTRY.keys()];
  const name = id.replace(/-v\d+$/, '');
  const versions = known.filter((other) => other.replace(/-v\d+$/, '') === name);
  if (versions.length === 0) throw unknownName('environment', id, known);
  throw new UserError(
    `There is no version "${id}" of the environment ${name}: use ${versions.join(' or ')}.`,
  );
}

/** All entries, in the order of registration. */
export function listEnvs(): EnvSpec[] {
  return [...REGISTRY.values()].map(({ spec }) => spec);
}

/** The options of an environment, those given laid over its defaults. @throws UserError for one it does not have. */
export function resolveOptions({ id, options = {} }: EnvSpec, given: Record<string, unknown>): EnvOptions {
  const known = Object.keys(options);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    if (known.length === 0) throw new UserError(`${id} has no options, found "${name}".`);
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    throw new UserError(`${id} has no option "${name}".${hint} It has: ${known.join(', ')}.`);
  }
  return { ...options, ...given };
}
