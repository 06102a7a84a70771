/** @file Memory is flat over a million steps. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT_ROOT } from '../../src/files.js';

test('a million steps through all wrappers of an agent leave nothing behind', () => {
  const script = join(PROJECT_ROOT, 'build', 'test', 'envs', 'memory-rollout.js');
  const output = execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' });
  const used = output.trim().split('\n').map(Number);
  expect(used).toHaveLength(5);
  // Less than a byte a step: one kept observation or result would be 50 at least.
  expect(used[4] - used[0]).toBeLessThan(1e6);
});
