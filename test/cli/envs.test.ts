/** @file `npm run envs`. */
import { expect, test } from '@jest/globals';
import { listEnvs } from '../../src/envs/index.js';
import { runCli } from './run-cli.js';

test('lists all with spaces, limits and thresholds', async () => {
  const { code, stdout } = await runCli('envs');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Environment +Observations +Actions +Steps +Solved at$/m);
  expect(stdout).toMatch(/^CartPole-v1 +Box\(4\) +Discrete\(2\) +500 +475 +Keep a pole/m);
  for (const { id } of listEnvs()) expect(stdout).toContain(`\n${id} `);
});

test('all about one, as JSON too', async () => {
  const { code, stdout, result } = await runCli('envs', 'cartpole-v1', '--json');
  expect(code).toBe(0);
  expect(stdout).toMatch(/screen +600 x 400, 50 frames\/s\noptions +suttonBartoReward = false/);
  expect(result.environments).toEqual([
    expect.objectContaining({
      id: 'CartPole-v1',
      actionSpace: 'Discrete(2)',
      maxEpisodeSteps: 500,
      rewardThreshold: 475,
    }),
  ]);
});

test('a part of the ids, or the nearest name', async () => {
  const [lakes, wrong] = await Promise.all([
    runCli('envs', 'frozen', '--json'),
    runCli('envs', 'CartPool-v1'),
  ]);
  const ids = (lakes.result.environments as { id: string }[]).map(({ id }) => id);
  expect(ids).toEqual(['FrozenLake-v1', 'FrozenLake8x8-v1']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/Did you mean "CartPole-v1"/)]);
});
