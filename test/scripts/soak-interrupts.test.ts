/** @file A short form of the soak: Ctrl-C at a random moment of a comparison. */
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../../src/files.js';
import { tinyCifar } from '../pretrain/tiny-cifar.js';

test('a comparison that is interrupted has the results of an undisturbed one', async () => {
  const script = join(PROJECT_ROOT, 'scripts', 'soak-interrupts.mjs');
  const flags = '--interrupts 1 --epochs 4 --steps 256 --dataset cifar10'.split(' ');
  const { stdout } = await promisify(execFile)(process.execPath, [
    script,
    ...flags,
    '--data-dir',
    tinyCifar(),
  ]);
  expect(stdout).toMatch(/^interruption 1 of 1: /m);
  expect(stdout).toMatch(/\d\d+ results, all the same as undisturbed\.\n$/);
});
