/** @file The example of docs/environments.md is own-environment.ts, and works. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkEnv, make } from '../../src/envs/index.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { Harbour } from './own-environment.js';

test('the page shows the file', () => {
  const page = readFileSync(join(PROJECT_ROOT, 'docs', 'environments.md'), 'utf8');
  const file = readFileSync(join(PROJECT_ROOT, 'test', 'envs', 'own-environment.ts'), 'utf8');
  expect(page).toContain(`\`\`\`ts\n${file}\`\`\``);
});

test('it is registered, keeps the contract and takes its options', () => {
  const env = make<Float32Array, number>('Harbour-v0', { current: 0 });
  expect(env.unwrapped).toBeInstanceOf(Harbour);
  expect(checkEnv(env)).toEqual([]);
  const { observation } = env.reset({ seed: 1 });
  expect(env.step(2).observation[0]).toBeCloseTo(observation[0] + 1, 5);
});
