/** @file Curves follow metrics.jsonl as it grows, breaks off, is replaced or holds nonsense. */
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CurveCache, RunCurves, parseLine } from '../../src/dashboard/curves.js';
import { ServedFolder } from '../../src/dashboard/folder.js';

const root = mkdtempSync(join(tmpdir(), 'encodergym-curves-'));
afterAll(() => rmSync(root, { recursive: true }));
const runs = new ServedFolder(root);
const path = join(root, 'run', 'metrics.jsonl');
const line = (step: number, loss: number) => `{"step":${step},"epoch":${step / 10},"train/loss":${loss}}\n`;

let curves: RunCurves;
beforeEach(() => {
  mkdirSync(join(root, 'run'), { recursive: true });
  rmSync(path, { force: true });
  curves = new RunCurves(runs, 'run');
});
const losses = () => curves.data().series['train/loss']?.mean;

test('a run without metrics has no curves, and gets them', async () => {
  expect(await curves.update()).toEqual([]);
  expect(curves.data()).toEqual({ run: 'run', records: 0, series: {} });
  writeFileSync(path, line(1, 5));
  expect(await curves.update()).toBe('anew');
  expect(losses()).toEqual([5]);
});

test('appended lines are told; the end of a half one is waited for', async () => {
  writeFileSync(path, line(1, 5));
  await curves.update();
  const half = line(3, 3);
  appendFileSync(path, line(2, 4) + half.slice(0, 12));
  expect(await curves.update()).toEqual([{ step: 2, epoch: 0.2, metrics: { 'train/loss': 4 } }]);
  expect(await curves.update()).toEqual([]);
  appendFileSync(path, half.slice(12));
  expect(await curves.update()).toHaveLength(1);
  expect(losses()).toEqual([5, 4, 3]);
});

test('a letter of several bytes may be cut anywhere', async () => {
  const text = '{"step":1,"épreuve/été":7}\n';
  const bytes = Buffer.from(text);
  writeFileSync(path, bytes.subarray(0, 11)); // within the é
  await curves.update();
  appendFileSync(path, bytes.subarray(11));
  await curves.update();
  expect(curves.data().series['épreuve/été'].mean).toEqual([7]);
});

test('a file that another takes the place of is read anew, and so is one that was cut', async () => {
  writeFileSync(path, line(1, 5) + line(2, 4) + line(3, 3));
  await curves.update();
  writeFileSync(`${path}.new`, line(1, 5) + line(2, 9) + line(3, 8) + line(4, 7));
  renameSync(`${path}.new`, path);
  expect(await curves.update()).toBe('anew');
  expect(losses()).toEqual([5, 9, 8, 7]);
  writeFileSync(path, line(1, 1));
  expect(await curves.update()).toBe('anew');
  expect(losses()).toEqual([1]);
  rmSync(path);
  expect(await curves.update()).toBe('anew');
  expect(losses()).toBeUndefined();
});

test('what is no record is passed over, however long', async () => {
  const nonsense = ['null', '7', '"text"', '{"epoch":1}', '{"step":"1"}', '{broken', ''].join('\n');
  writeFileSync(path, `${nonsense}\n${line(1, 5)}${'x'.repeat(3 * 2 ** 20)}\n${line(2, 4)}`);
  await curves.update();
  expect(losses()).toEqual([5, 4]);
  expect(curves.data().records).toBe(2);
});

test('of a record, numbers count', () => {
  const record = parseLine('{"step":1,"a":2,"b":null,"c":"x","__proto__":3}');
  expect(record).toEqual({ step: 1, epoch: 1, metrics: { a: 2 } });
});

test('many lines at once are told as a whole, and no extreme is lost among them', async () => {
  writeFileSync(path, line(0, 0));
  await curves.update();
  const lines = Array.from({ length: 20_000 }, (_, i) =>
    line(i + 1, i === 7777 ? -50 : i === 15_001 ? 99 : 1),
  );
  appendFileSync(path, lines.join(''));
  expect(await curves.update()).toBe('anew');
  const { low = [], high = [], step } = curves.data().series['train/loss'];
  expect([Math.min(...low), Math.max(...high)]).toEqual([-50, 99]);
  expect(step.length).toBeLessThanOrEqual(1024);
  expect(step.at(-1)).toBe(20_000);
});

test('updates asked for at the same time read once', async () => {
  writeFileSync(path, line(1, 5));
  const growth = await Promise.all([curves.update(), curves.update()]);
  expect(growth).toEqual(['anew', []]);
  expect(losses()).toEqual([5]);
});

test('of curves that nobody watches, the oldest are let go', async () => {
  const cache = new CurveCache(runs);
  const names = Array.from({ length: 300 }, (_, i) => `many-${i}`);
  const metrics = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`m${i}`, 1]));
  for (const name of names) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'metrics.jsonl'), `${JSON.stringify({ step: 1, ...metrics })}\n`);
    await cache.get(name).update();
  }
  const [watched, oldest, newest] = [cache.get('many-0'), cache.get('many-1'), cache.get('many-299')];
  for (const name of names.slice(2)) cache.get(name);
  cache.trim((run) => run === 'many-0');
  expect(cache.get('many-0')).toBe(watched);
  expect(cache.get('many-299')).toBe(newest);
  expect(cache.get('many-1')).not.toBe(oldest);
});
