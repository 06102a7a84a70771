/** @file The gallery's list: videos with their facts, as they come and go. */
import { afterAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServedFolder } from '../../src/dashboard/folder.js';
import { RecordingIndex } from '../../src/dashboard/recordings.js';

const root = mkdtempSync(join(tmpdir(), 'encodergym-recordings-'));
afterAll(() => rmSync(root, { recursive: true }));
const index = new RecordingIndex(new ServedFolder(root));

function leave(video: string, facts?: object): void {
  mkdirSync(join(root, video, '..'), { recursive: true });
  writeFileSync(join(root, `${video}.mp4`), '');
  if (facts !== undefined) writeFileSync(join(root, `${video}.json`), JSON.stringify(facts));
}

test('videos that have facts, newest first', async () => {
  expect(await index.refresh()).toBe(false);
  leave('CartPole-v1/a', {
    env: 'CartPole-v1',
    policy: 'random',
    return: 12,
    length: 12,
    seed: 3,
    seconds: 0.5,
    fps: 50,
    width: 600,
    height: 400,
    ending: 'interrupted',
    date: '2026-01-01T00:00:00Z',
  });
  leave('b', { date: '2026-01-02T00:00:00Z', arm: 'ssl', policy: 'ppo', return: 'NaN' });
  leave('unfinished');
  expect(await index.refresh()).toBe(true);
  expect(index.recordings).toEqual([
    expect.objectContaining({ path: 'b.mp4', env: 'no environment', arm: 'ssl', return: undefined }),
    {
      path: 'CartPole-v1/a.mp4',
      env: 'CartPole-v1',
      arm: 'random',
      return: 12,
      length: 12,
      seed: 3,
      seconds: 0.5,
      fps: 50,
      width: 600,
      height: 400,
      interrupted: true,
      date: '2026-01-01T00:00:00Z',
    },
  ]);
});

test('tells whether anything is different', async () => {
  expect(await index.refresh()).toBe(false);
  leave('unfinished', {});
  expect(await index.refresh()).toBe(true);
  rmSync(join(root, 'b.mp4'));
  expect(await index.refresh()).toBe(true);
  expect(index.recordings.map(({ path }) => path)).toEqual(['CartPole-v1/a.mp4', 'unfinished.mp4']);
});
