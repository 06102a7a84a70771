import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCost, readCost } from '../../src/runs/index.js';

const folder = mkdtempSync(join(tmpdir(), 'encodergym-cost-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('parts of a run add up; energy only while all of them know it', () => {
  expect(readCost(folder)).toBeUndefined();
  addCost(folder, { seconds: 2, joules: 30 });
  addCost(folder, { seconds: 3, joules: 40 });
  expect(readCost(folder)).toEqual({ seconds: 5, joules: 70 });
  addCost(folder, { seconds: 1 });
  addCost(folder, { seconds: 1, joules: 10 });
  expect(readCost(folder)).toEqual({ seconds: 7 });
});
