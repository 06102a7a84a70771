/** @file The list of runs: what is told of each, and that it is told when it changes. */
import { afterAll, expect, test } from '@jest/globals';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServedFolder } from '../../src/dashboard/folder.js';
import { RunIndex, runDetails } from '../../src/dashboard/run-index.js';

const root = mkdtempSync(join(tmpdir(), 'encodergym-index-'));
afterAll(() => rmSync(root, { recursive: true }));
const runs = new ServedFolder(root);

function leave(path: string, content: unknown): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const description = {
  config: { method: 'vicreg', cropScale: [0.2, 1], nested: { a: null, b: true } },
  command: 'npm run pretrain -- --seed 1',
  dataset: 'cifar10',
  engine: { name: 'onednn', version: '1', threads: 2 },
  versions: { node: 'v20' },
  started: '2026-01-01T00:00:00.000Z',
};
leave('trained/config.json', description);
leave('trained/metrics.jsonl', '{"step":1,"epoch":0.5,"a":1}\n{"step":2,"epoch":1,"a":1}\n{"st');
leave('trained/summary.json', { knn: 0.5 });
leave('trained/curve.svg', '<svg/>');
leave('trained/checkpoints/config.json', {});
leave('comparison/config.json', { ...description, command: 'npm run eval:rl -- --seeds 2' });
leave('comparison/state/seed-0/config.json', { arm: { name: 'state' }, seed: 0 });
leave('comparison/state/seed-0/metrics.jsonl', '{"step":7,"epoch":7}\n');
leave('reports/index.html', '<p>');
leave('nothing/notes.txt', 'x');
symlinkSync(tmpdir(), join(root, 'outside'));
const long = Date.now() / 1000 - 3600;
for (const file of ['config.json', 'metrics.jsonl', 'summary.json']) {
  utimesSync(join(root, 'trained', file), long, long);
}
const index = new RunIndex(runs);

test('runs, their parts and reports, newest first; nothing else', async () => {
  expect(index.scanned).toBe(false);
  const { changed, removed } = await index.refresh();
  expect(index.scanned).toBe(true);
  expect(removed).toEqual([]);
  const told = Object.fromEntries(changed.map((entry) => [entry.name, entry]));
  expect(told).toEqual({
    trained: {
      name: 'trained',
      kind: 'pretrain',
      state: 'finished',
      changed: expect.closeTo(long * 1000, -3),
      metrics: true,
      dataset: 'cifar10',
      step: 2,
      epoch: 1,
      pages: [],
      pictures: ['curve.svg'],
    },
    comparison: expect.objectContaining({ kind: 'eval:rl', state: 'live', metrics: false }),
    'comparison/state/seed-0': expect.objectContaining({ kind: 'part', state: 'live', step: 7 }),
    reports: expect.objectContaining({ kind: 'report', state: 'finished', pages: ['index.html'] }),
  });
  expect(index.entries.at(-1)?.name).toBe('trained');
});

test('what is as it was is not told again; what changed, came or went is', async () => {
  expect(await index.refresh()).toEqual({ changed: [], removed: [] });
  appendFileSync(join(root, 'comparison/state/seed-0/metrics.jsonl'), '{"step":8,"epoch":8}\n');
  leave('new/config.json', description);
  rmSync(join(root, 'reports'), { recursive: true });
  const { changed, removed } = await index.refresh();
  expect(changed.map(({ name, step }) => [name, step]).sort()).toEqual([
    ['comparison/state/seed-0', 8],
    ['new', undefined],
  ]);
  expect(removed).toEqual(['reports']);
});

test('a run that says nothing for two minutes is not live', async () => {
  const before = Date.now() / 1000 - 130;
  utimesSync(join(root, 'new/config.json'), before, before);
  expect((await index.refresh()).changed).toEqual([expect.objectContaining({ name: 'new', state: 'quiet' })]);
});

test('of a metrics.jsonl of 50 GB, only the end is read', async () => {
  leave('huge/config.json', description);
  leave('huge/metrics.jsonl', '{"step":1,"epoch":1}\n');
  truncateSync(join(root, 'huge/metrics.jsonl'), 50e9); // a hole, no disk
  appendFileSync(join(root, 'huge/metrics.jsonl'), '\n{"step":9,"epoch":9}\n');
  expect((await index.refresh()).changed).toEqual([expect.objectContaining({ name: 'huge', step: 9 })]);
  rmSync(join(root, 'huge'), { recursive: true });
});

test('details are what the files say, under flat names', async () => {
  expect(await runDetails(runs, 'trained')).toEqual({
    name: 'trained',
    command: description.command,
    started: description.started,
    engine: 'onednn 1, 2 threads',
    config: {
      method: 'vicreg',
      cropScale: '0.2, 1',
      'nested.a': null,
      'nested.b': true,
      'versions.node': 'v20',
    },
    summary: { knn: 0.5 },
  });
  expect(await runDetails(runs, 'comparison/state/seed-0')).toEqual({
    name: 'comparison/state/seed-0',
    config: { 'arm.name': 'state', seed: 0 },
    summary: {},
  });
  for (const name of ['none', '../x', '']) expect(await runDetails(runs, name)).toBeUndefined();
});
