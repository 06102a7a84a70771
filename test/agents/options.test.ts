/** @file Settings of agents from recipes and flags. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveAgentConfig } from '../../src/agents/index.js';
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

  test('what sees pictures has a recipe of its own, where there is one', () => {
    const recipe = (flags: Record<string, unknown>) => resolveAgentConfig(flags, undefined, true).file;
    expect(recipe({})).toBe(join(PROJECT_ROOT, 'configs', 'rl', 'ppo-CartPole-v1-pixels.json'));
    expect(recipe({ agent: 'dqn' })).toBe(join(PROJECT_ROOT, 'configs', 'rl', 'dqn-CartPole-v1.json'));
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
      expect(name.replace('-pixels', '')).toBe(`${config.agent}-${config.env}.json`);
    },
  );
});
