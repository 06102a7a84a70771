/** @file `npm run export` as users run it; what it sends is tested with src/runs/mlflow.ts. */
import { expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './run-cli.js';

test('a folder that is no run, and no folder, are mistakes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'encodergym-export-'));
  const none = await runCli('export', '--run', folder);
  expect(none.code).toBe(2);
  expect(none.stderr).toMatch(/is no run: expected a folder with a config\.json/);
  expect((await runCli('export')).code).toBe(2);
});
