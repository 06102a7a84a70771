/** @file Gymnasium's own trajectories: 250 steps of each environment under three seeds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PROJECT_ROOT } from '../../src/files.js';
import { make } from '../../src/envs/index.js';

type Values = number | readonly number[];

interface GoldenStep {
  /** action, observation, reward, terminated, truncated; after an end, the next first observation. */
  a: Values;
  o: Values;
  r: number;
  te: boolean;
  tr: boolean;
  reset?: Values;
}

export interface GoldenRun {
  env: string;
  seed: number;
  reset: Values;
  steps: GoldenStep[];
}

export const GOLDEN = join(PROJECT_ROOT, 'test', 'golden');

/** The runs of the environments of these ids, with a name for the table of tests. */
export function goldenRuns(ids: readonly string[]): [string, GoldenRun][] {
  const runs = JSON.parse(
    gunzipSync(readFileSync(join(GOLDEN, 'gymnasium.json.gz'))).toString(),
  ) as GoldenRun[];
  return runs.filter(({ env }) => ids.includes(env)).map((run) => [`${run.env}, seed ${run.seed}`, run]);
}

const numbers = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : Array.from(value as ArrayLike<number>);

/** What an environment does under the run's seed and actions, in the form of the run, all in float32. */
export function replay({ env: id, seed, steps }: GoldenRun): Pick<GoldenRun, 'reset' | 'steps'> {
  const env = make<unknown, number | Float32Array>(id);
  const rounded = (value: unknown) => numbers(value).map(Math.fround);
  const reset = rounded(env.reset({ seed }).observation);
  return {
    reset,
    steps: steps.map(({ a }) => {
      const action = typeof a === 'number' ? a : Float32Array.from(a);
      const { observation, reward, terminated: te, truncated: tr } = env.step(action);
      const step = { a, o: rounded(observation), r: Math.fround(reward), te, tr };
      return te || tr ? { ...step, reset: rounded(env.reset().observation) } : step;
    }),
  };
}

/** The run in the form of `replay`. */
export function expected({ reset, steps }: GoldenRun): Pick<GoldenRun, 'reset' | 'steps'> {
  const rounded = (value: Values) => numbers(value).map(Math.fround);
  return {
    reset: rounded(reset),
    steps: steps.map(({ a, o, r, te, tr, reset: next }) => {
      const step = { a, o: rounded(o), r: Math.fround(r), te, tr };
      return next === undefined ? step : { ...step, reset: rounded(next) };
    }),
  };
}
