/** @file A short form of the soak: two random kills in a row. */
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../../src/files.js';
import { tinyCifar } from '../pretrain/tiny-cifar.js';

(process.platform === 'linux' ? test : test.skip)('two random kills in a row lose nothing', async () => {
  const script = join(PROJECT_ROOT, 'scripts', 'soak-kills.mjs');
  const flags = ['--kills', '2', '--pause', '2', '--epochs', '60', '--data-dir', tinyCifar()];
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...flags]);
  expect(stdout.match(/^kill \d of 2: /gm)).toHaveLength(2);
  expect(stdout).toMatch(/2 kills: the run ended at \S+, bit for bit as undisturbed\.\n$/);
});
