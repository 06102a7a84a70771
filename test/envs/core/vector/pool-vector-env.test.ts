/** @file Environments in threads equal those in this one. */
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  makeVec,
  PoolVectorEnv,
  SyncVectorEnv,
  type AutoresetMode,
  type VectorEnv,
} from '../../../../src/envs/index.js';
import { EncodergymError, UserError } from '../../../../src/errors.js';
import create from './fragile-walk.js';

const MODULE = new URL('fragile-walk.js', import.meta.url);

const opened: PoolVectorEnv<unknown, unknown>[] = [];
const keep = <O, A>(envs: PoolVectorEnv<O, A>): PoolVectorEnv<O, A> => {
  opened.push(envs);
  return envs;
};
afterEach(async () => {
  for (const envs of opened.splice(0)) await envs.closeAndWait();
});

function expectEqual(pool: VectorEnv, local: VectorEnv, steps: number): void {
  expect(pool.reset({ seed: 4 })).toEqual(local.reset({ seed: 4 }));
  local.actionSpace.seed(0);
  for (let i = 0; i < steps; i++) {
    const actions = local.actionSpace.sample();
    const result = local.step(actions);
    expect(pool.step(actions)).toEqual(result);
    const mask = result.terminated.map((value, j) => value | result.truncated[j]);
    if (local.autoresetMode === 'disabled' && mask.includes(1)) {
      expect(pool.reset({ mask })).toEqual(local.reset({ mask }));
    }
  }
}

test.each<AutoresetMode>(['next-step', 'same-step', 'disabled'])(
  'by id, in mode %s',
  async (autoresetMode) => {
    const options = { autoresetMode, maxEpisodeSteps: 9 };
    const pool = keep(await PoolVectorEnv.create('CartPole-v1', 5, { ...options, threads: 2 }));
    expectEqual(pool, makeVec('CartPole-v1', 5, options), 30);
  },
);

test('of a module, with infos and observations of several parts', async () => {
  const pool = keep(await PoolVectorEnv.create(MODULE, 3, { threads: 2 }));
  expectEqual(pool, new SyncVectorEnv(Array(3).fill(() => create({}))), 12);
  const cards = keep(
    await PoolVectorEnv.create('Blackjack-v1', 3, { threads: 3, autoresetMode: 'same-step' }),
  );
  expectEqual(cards, makeVec('Blackjack-v1', 3, { autoresetMode: 'same-step' }), 12);
});

describe('what goes wrong', () => {
  test('in a thread is thrown here, and the others go on', async () => {
    const envs = keep(
      await PoolVectorEnv.create<Float32Array, Int32Array>(MODULE, 2, { threads: 2, fragile: true }),
    );
    envs.reset({ seed: 0 });
    const stay = Int32Array.of(0, 0);
    envs.step(stay);
    envs.step(stay);
    expect(() => envs.step(stay)).toThrow(EncodergymError);
    expect(() => envs.reset({ options: { place: 'x' } })).not.toThrow();
  });

  test('in the call is refused before any thread steps', async () => {
    const envs = keep(await PoolVectorEnv.create<Float32Array, Int32Array>('CartPole-v1', 2, { threads: 1 }));
    expect(() => envs.step(Int32Array.of(0, 0))).toThrow(/before the first reset/);
    envs.reset({ seed: 0 });
    expect(() => envs.step(Int32Array.of(0, 2))).toThrow(/expected actions in MultiDiscrete/);
  });

  test('at the start is a rejection', async () => {
    await expect(PoolVectorEnv.create('CartPool-v1', 2)).rejects.toThrow(/Did you mean "CartPole-v1"/);
    await expect(PoolVectorEnv.create('CartPole-v1', 2, { threads: 0 })).rejects.toThrow(UserError);
    await expect(PoolVectorEnv.create(new URL('../walk.js', import.meta.url), 2)).rejects.toThrow(
      /default export/,
    );
  });
});

test('close may be called again', async () => {
  const envs = await PoolVectorEnv.create('CartPole-v1', 2, { threads: 2 });
  envs.close();
  await Promise.all([envs.closeAndWait(), envs.closeAndWait()]);
  expect(() => envs.close()).not.toThrow();
});
