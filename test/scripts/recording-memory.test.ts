import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../../src/files.js';

// Where there is no /proc, memory cannot be looked at from outside.
const linux = process.platform === 'linux' ? test : test.skip;

linux('memory does not grow with the length of a recording: a short form of the 10,000 frames', async () => {
  const script = join(PROJECT_ROOT, 'scripts/recording-memory.mjs');
  // 1,500 frames between the first look and the last: 115 MB of pixels, and 64 MB are too much.
  const { stdout } = await promisify(execFile)(process.execPath, [script, '2000', '160', '120']);
  expect(stdout).toMatch(/2000 frames, \d+ a second/);
  expect(stdout).toMatch(/Growth since the first quarter: program -?\d+ MB, recorder -?\d+ MB/);
});
