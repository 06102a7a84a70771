/** @file The registry: environments by id. A new environment is a file and one `register` line in its family's index. */
import { unknownName } from '../../errors.js';
import type { Env, EnvSpec, RenderMode } from './env.js';

/** How an environment is made: `options` are the spec's, overridden by those given to `make`. */
export type EnvFactory = (options: Record<string, unknown> & { renderMode?: RenderMode }) => Env;

const REGISTRY = new Map<string, { spec: EnvSpec; create: EnvFactory }>();

/** Makes an environment known under its id; users' own environments too. */
export function register(spec: EnvSpec, create: EnvFactory): void {
  REGISTRY.set(spec.id, { spec, create });
}

/** The entry of an id. @throws UserError for an unknown id, with the nearest known one. */
export function findEnv(id: string): { spec: EnvSpec; create: EnvFactory } {
  const found = REGISTRY.get(id);
  if (found === undefined) throw unknownName('environment', id, [...REGISTRY.keys()]);
  return found;
}

/** All entries, in the order of registration. */
export function listEnvs(): EnvSpec[] {
  return [...REGISTRY.values()].map(({ spec }) => spec);
}
