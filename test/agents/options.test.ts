/** @file Settings of agents from recipes and flags, and their arms. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveAgentConfig, resolveArms } from '../../src/agents/index.js';
import { saveSafetensors } from '../../src/encoders/index.js';
import { UserError } from '../../src/errors.js';
import { PROJECT_ROOT } from '../../src/files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agents-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('settings', () => {
  test("the recipe of agent and environment is the base, flags override it, the algorithm's defaults fill the rest", () => {
    const { config, file } = resolveAgentConfig({ agent: 'dqn', lr: '0.5' });
    expect(file).toBe(join(PROJECT_ROOT, 'configs', 'rl', 'dqn-CartPole-v1.json'));
    expect(config).toMatchObject({ env: 'CartPole-v1', agent: 'dqn', lr: 0.5, hidden: '64-64', nStep: 3 });
  });

  test('without a recipe there are defaults; a named file says which agent it is for', () => {
    expect(resolveAgentConfig({ env: 'Acrobot-v1', agent: 'sac' })).toMatchObject({ file: undefined });
    const file = join(folder, 'mine.json');
    writeFileSync(file, JSON.stringify({ agent: 'sac', env: 'Pendulum-v1', tau: 0.1 }));
    expect(resolveAgentConfig({}, file).config).toMatchObject({ agent: 'sac', tau: 0.1, batchSize: 256 });
  });

  test('a setting of another algorithm is refused', () => {
    expect(() => resolveAgentConfig({ agent: 'ppo', tau: '0.1' })).toThrow(
      '--tau is a setting of sac, not of ppo: leave it out, or change --agent.',
    );
    expect(() => resolveAgentConfig({ agent: 'poo' })).toThrow('Did you mean "ppo"?');
  });

  test.each(readdirSync(join(PROJECT_ROOT, 'configs', 'rl')))(
    'configs/rl/%s is sound and named after what it is for',
    (name) => {
      const { config } = resolveAgentConfig({}, join(PROJECT_ROOT, 'configs', 'rl', name));
      expect(name).toBe(`${config.agent}-${config.env}.json`);
    },
  );
});

describe('arms', () => {
  const encoder = (run: string, metadata: Record<string, string>, age: number) => {
    mkdirSync(join(folder, run));
    const path = join(folder, run, 'encoder.safetensors');
    saveSafetensors(path, new Map(), metadata);
    utimesSync(path, 1000 - age, 1000 - age);
    return path;
  };

  test('the newest encoder of a kind, but one of the same environment before all', () => {
    const supervised = encoder('a', { method: 'supervised', dataset: 'cifar10' }, 0);
    const newest = encoder('b', { method: 'vicreg', dataset: 'cifar10' }, 1);
    const own = encoder('c', { method: 'vicreg', dataset: 'env:CartPole-v1' }, 2);
    encoder('d', { method: 'vicreg', dataset: 'cifar10' }, 3);
    expect(resolveArms('state,ssl,supervised,random', folder, 'CartPole-v1')).toEqual([
      { name: 'state', kind: 'state' },
      { name: 'ssl', kind: 'file', path: own },
      { name: 'supervised', kind: 'file', path: supervised },
      { name: 'random', kind: 'random', like: own },
    ]);
    expect(resolveArms('ssl', folder, 'Acrobot-v1')[0].path).toBe(newest);
    expect(resolveArms(own, folder, 'Acrobot-v1')).toEqual([{ name: 'c', kind: 'file', path: own }]);
  });

  test.each([
    ['ssl', 'there is no such encoder in'],
    ['ssl', 'npm run pretrain -- --dataset'],
    ['nowhere', 'found no such file'],
    ['state,state', 'expected different names'],
  ])('%s: %s', (names, message) => {
    expect(() => resolveArms(names, join(folder, 'none'), 'CartPole-v1')).toThrow(UserError);
    expect(() => resolveArms(names, join(folder, 'none'), 'CartPole-v1')).toThrow(message);
  });
});
