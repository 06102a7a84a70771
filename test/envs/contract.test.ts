/** @file What every registered environment promises: a new one is tested the moment it is registered. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isBox } from '../../src/envs/core/spaces/index.js';
import {
  checkEnv,
  listEnvs,
  make,
  makeVec,
  type AutoresetMode,
  type Env,
  type Space,
  type StepResult,
} from '../../src/envs/index.js';
import { UserError } from '../../src/errors.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { expectEqualVector, expectSame } from './vector-equals-singles.js';

const STEPS = 300;
const MODES: AutoresetMode[] = ['next-step', 'same-step', 'disabled'];

const DOCS = join(PROJECT_ROOT, 'docs', 'environments');
/** What follows each `## ` in the pages of the families: a line with the ids that it describes, then the text. */
const SECTIONS = readdirSync(DOCS).flatMap((file) =>
  readFileSync(join(DOCS, file), 'utf8').split('\n## ').slice(1),
);

/** All that happens under a seed in `steps` steps of sampled actions, through the ends of episodes. */
function rollout(
  env: Env,
  seed: number,
  steps: number,
  onStep?: (result: StepResult<unknown>) => void,
): unknown[] {
  env.actionSpace.seed(seed);
  const seen: unknown[] = [env.reset({ seed })];
  for (let i = 0; i < steps; i++) {
    const result = env.step(env.actionSpace.sample());
    onStep?.(result);
    seen.push(result);
    if (result.terminated || result.truncated) seen.push(env.reset());
  }
  return seen;
}

/** Values beside the space: other types, and numbers out of bounds. */
const outside = (space: Space): unknown[] => {
  const strangers: unknown[] = [undefined, null, 'left', NaN, {}, [], new Float64Array(99)];
  if (isBox(space))
    strangers.push(
      space.high.map((value) => value + 1),
      space.low.map(() => NaN),
    );
  return strangers.filter((value) => !space.contains(value));
};

describe.each(listEnvs().map(({ id }) => id))('%s', (id) => {
  test('what comes out is in its space, over several seeds', () => {
    const env = make(id);
    for (const seed of [0, 1, 12345]) {
      const check = ({ observation, reward }: StepResult<unknown>) => {
        const valid = env.observationSpace.contains(observation) && Number.isFinite(reward);
        if (!valid) expect({ observation, reward }).toBe(`in ${String(env.observationSpace)}`);
      };
      const [first] = rollout(env, seed, STEPS, check) as { observation: unknown }[];
      expect(env.observationSpace.contains(first.observation)).toBe(true);
    }
    env.close();
  });

  test('the same seed gives the same rollout, in another instance and again in this one', () => {
    const [one, other] = [make(id), make(id)];
    const expected = rollout(one, 7, STEPS);
    expectSame(rollout(other, 7, STEPS), expected);
    expectSame(rollout(one, 7, STEPS), expected);
  });

  test('the checker finds nothing', () => {
    expect(() => checkEnv(make(id, { renderMode: 'rgb_array' }), { steps: 100 })).not.toThrow();
  });

  test('render modes: nothing, a frame of the screen, a PNG file', () => {
    const rendered = (renderMode?: 'rgb_array' | 'human') => {
      const env = make(id, { renderMode });
      env.reset({ seed: 0 });
      return [env.render(), env.screen] as const;
    };
    expect(rendered()[0]).toBeUndefined();
    const [frame, screen] = rendered('rgb_array');
    expect(frame).toMatchObject({ ...screen });
    const { data } = frame as { data: Uint8Array };
    expect(data).toHaveLength(3 * (screen?.width ?? 0) * (screen?.height ?? 0));
    expect(new Set(data).size).toBeGreaterThan(1);
    const [png] = rendered('human');
    expect(Buffer.from((png as Uint8Array).subarray(0, 8)).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  });

  test('wrong use is an error that says so', () => {
    const env = make(id);
    const action = env.actionSpace.sample();
    expect(() => env.step(action)).toThrow(UserError);
    expect(() => env.step(action)).toThrow(`${id}: step() was called before the first reset()`);
    env.reset({ seed: 0 });
    for (const stranger of outside(env.actionSpace)) {
      expect(() => env.step(stranger)).toThrow(
        `${id}: expected an action in ${String(env.actionSpace)}, found`,
      );
    }
    const limited = make(id, { maxEpisodeSteps: 2 });
    limited.reset({ seed: 0 });
    if (!limited.step(action).terminated) limited.step(action);
    expect(() => limited.step(action)).toThrow(`${id}: step() was called after the episode had ended`);
    expect(() => make(id, { noSuchOption: 1 })).toThrow(/noSuchOption/);
    expect(() => env.reset({ seed: -1 })).toThrow(/whole number from 0/);
  });

  test('close may be called again', () => {
    const env = make(id);
    env.reset({ seed: 0 });
    env.close();
    expect(() => env.close()).not.toThrow();
  });

  test.each(MODES)('as many single ones equal the vector across autoreset, %s', (autoresetMode) => {
    // Short episodes, so that many end.
    const options = { maxEpisodeSteps: 12 };
    const vector = makeVec(id, 3, { ...options, autoresetMode });
    const singles = [1, 2, 3].map(() => make(id, options));
    expect(expectEqualVector(vector, singles, 50)).toBeGreaterThanOrEqual(9);
    vector.close();
  });

  test('has its section in docs/environments, with all parts', () => {
    const section = SECTIONS.find((text) => text.split('\n', 1)[0].split(', ').includes(id));
    const titles = [
      'Description',
      'Action Space',
      'Observation Space',
      'Rewards',
      'Starting State',
      'Episode End',
    ];
    expect(titles.filter((title) => !section?.includes(`\n### ${title}\n`))).toEqual([]);
  });
});
