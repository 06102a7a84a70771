/** @file Agents on disk: found by their folders, the best of several, and they play as they did. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finalReturn, findAgent, loadAgent, type JobResult } from '../../src/agents/index.js';
import { UserError } from '../../src/errors.js';
import { tinyComparison } from './tiny-comparison.js';

let folder: string;
let results: JobResult[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'saved-'));
  results = await tinyComparison(folder, ['state'], [0, 1, 2]);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('of a folder with several agents, the one with the highest final return', () => {
  const returns = results.map(finalReturn);
  expect(new Set(returns).size).toBeGreaterThan(1);
  const best = join(folder, 'state', `seed-${returns.indexOf(Math.max(...returns))}`, 'agent.safetensors');
  expect(findAgent(folder)).toBe(best);
  expect(findAgent(join(folder, 'state'))).toBe(best);
  const first = join(folder, 'state', 'seed-0', 'agent.safetensors');
  expect(findAgent(join(folder, 'state', 'seed-0'))).toBe(first);
  expect(findAgent(first)).toBe(first);
});

test('a saved agent plays the episodes of its last evaluation again, one environment at a time', async () => {
  const { assembly } = await loadAgent(findAgent(join(folder, 'state', 'seed-1')), 'auto');
  const { episodes } = results[1].evaluations[1];
  expect(assembly.play(episodes.map(({ seed }) => seed))).toEqual(episodes);
  const env = assembly.makeEnv();
  for (const { seed, ...expected } of episodes) {
    const policy = assembly.policy(env);
    const played = { return: 0, length: 0 };
    let { observation } = env.reset({ seed });
    for (let ended = false; !ended; played.length++) {
      const result = env.step(policy(observation));
      observation = result.observation;
      played.return += result.reward;
      ended = result.terminated || result.truncated;
    }
    expect(played).toEqual(expected);
  }
  assembly.close();
});

test.each([
  ['nowhere', 'there is no such file or folder'],
  ['empty', 'there is no trained agent in it'],
])('%s: %s', (name, message) => {
  const path = name === 'empty' ? mkdtempSync(join(folder, 'empty-')) : join(folder, name);
  expect(() => findAgent(path)).toThrow(UserError);
  expect(() => findAgent(path)).toThrow(message);
});
