/** @file `npm run play` as users run it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VideoReport } from '../../src/recording/index.js';
import { tinyComparison } from '../agents/tiny-comparison.js';
import { runCli } from './run-cli.js';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'play-'));
  await tinyComparison(join(folder, 'run'), ['state'], [0]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const play = (...flags: string[]) =>
  runCli('play', '--agent', join(folder, 'run'), '--output', join(folder, 'videos'), '--json', ...flags);

test('plays episodes of consecutive seeds, each with a video and a picture; the same returns without', async () => {
  const flags = ['--episodes', '2', '--seed', '7'];
  const { code, stdout, result } = await play(...flags);
  expect(code).toBe(0);
  const episodes = result.episodes as { seed: number; return: number; length: number }[];
  expect(episodes.map(({ seed }) => seed)).toEqual([7, 8]);
  expect(stdout).toContain(
    `ppo on CartPole-v1, arm state, seed 0: ${join(folder, 'run', 'state', 'seed-0')}`,
  );
  expect(stdout).toContain(`Mean return of 2 episodes: ${(result.mean as number).toFixed(1)}`);
  const place = join(folder, 'videos', 'CartPole-v1', 'state');
  const videos = result.videos as VideoReport[];
  expect(videos.map(({ path }) => path)).toEqual(
    [0, 1].map((episode) => join(place, `ppo-0-seed-7-episode-${episode}.mp4`)),
  );
  videos.forEach((video, i) => {
    expect(video).toMatchObject({ policy: 'ppo, state', seed: 7 + i, return: episodes[i].return });
  });
  for (const path of result.pictures as string[]) expect(existsSync(path)).toBe(true);
  expect(result.pictures).toHaveLength(2);
  const without = await play(...flags, '--no-video');
  expect(without.result.episodes).toEqual(episodes);
  expect(without.result.videos).toBeUndefined();
});

test.each([
  [['--agent', 'nowhere'], /--agent "nowhere": there is no such file or folder/],
  [['--episodes', '0'], /--episodes: expected a whole number/],
])('a mistake ends with code 2: %p', async (flags, message) => {
  const { code, stderr } = await play(...flags);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test('without an agent it says what is missing', async () => {
  const { code, stderr } = await runCli('play');
  expect(code).toBe(2);
  expect(stderr).toContain('--agent is missing');
});
