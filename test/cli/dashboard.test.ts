/** @file `npm run dashboard` as users run it: an address, Ctrl-C, mistakes. */
import { expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, startCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'encodergym-dashboard-'));
const flags = ['--exp-dir', join(folder, 'none'), '--recordings', join(folder, 'none')];

test('prints its address, answers there, and Ctrl-C ends it well', async () => {
  const { child, ended } = startCli('dashboard', ...flags, '--port', '0');
  const url = await new Promise<string>((resolve) => {
    child.stdout.on('data', (text: string) => {
      const [address] = /http:\S+/.exec(text) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const answer = await fetch(`${url}api/runs`);
  expect(await answer.json()).toEqual([]);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

test.each([
  [['--port', '99999'], /--port: expected a whole number between 0 and 65535/],
  [['--host', '192.0.2.1', '--port', '0'], /this machine has no address 192\.0\.2\.1: choose another --host/],
])('%j is a mistake', async (mistake, message) => {
  const { code, stderr } = await runCli('dashboard', ...flags, ...mistake);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
