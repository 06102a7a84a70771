/** @file Videos of a comparison: the best and the median episode of each arm, and all arms side by side. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAgent, loadAgent, recordComparison, type JobResult } from '../../src/agents/index.js';
import { EPISODES, tinyComparison } from './tiny-comparison.js';

const ARMS = ['state', 'other'];
let folder: string;
let results: JobResult[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recordings-'));
  results = await tinyComparison(folder, ARMS, [0, 1]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const plan = (signal: AbortSignal) => ({
  env: 'CartPole-v1',
  agent: 'ppo',
  arms: [...ARMS, 'failed'],
  results,
  folder,
  output: join(folder, 'videos'),
  name: 'tiny',
  engine: 'auto',
  signal,
});

test('episodes are those of the last evaluations; side by side lasts as long as the longest', async () => {
  const videos = await recordComparison(plan(new AbortController().signal));
  const place = (...parts: string[]) => join(folder, 'videos', ...parts);
  expect(videos.map(({ path }) => path)).toEqual([
    ...ARMS.flatMap((arm) => [
      place(arm, 'tiny-best-episode-0.mp4'),
      place(arm, 'tiny-median-episode-0.mp4'),
    ]),
    place('tiny-arms.mp4'),
  ]);
  for (const { path } of videos) expect(existsSync(path)).toBe(true);
  for (const [i, arm] of ARMS.entries()) {
    const returns = results
      .filter((result) => result.arm === arm)
      .flatMap(({ evaluations }) => evaluations[1].episodes.map((episode) => episode.return))
      .sort((a, b) => a - b);
    expect(returns).toHaveLength(2 * EPISODES);
    expect(videos[2 * i]).toMatchObject({ return: returns[5], policy: `ppo, ${arm}`, ending: 'finished' });
    expect(videos[2 * i + 1]).toMatchObject({ return: returns[2], length: returns[2] });
  }
  const together = videos[videos.length - 1];
  const { seed } = results[0].evaluations[0].episodes[0];
  expect(together).toMatchObject({ env: 'CartPole-v1', policy: 'ppo: state, other', seed });
  // Each 600 x 400 below a label of 40.
  expect([together.width, together.height]).toEqual([1200, 440]);
  const lengths = await Promise.all(
    ARMS.map(async (arm) => {
      const of = (agentSeed: number) => join(folder, arm, `seed-${agentSeed}`);
      const own = results.filter((result) => result.arm === arm);
      const sums = own.map(({ evaluations }) =>
        evaluations[1].episodes.reduce((sum, episode) => sum + episode.return, 0),
      );
      const { assembly } = await loadAgent(findAgent(of(sums[0] <= sums[1] ? 0 : 1)), 'auto');
      const [{ length }] = assembly.play([seed]);
      assembly.close();
      return length;
    }),
  );
  expect(together.frames).toBe(1 + Math.max(...lengths));
});

test('after the signal no video is begun', async () => {
  expect(await recordComparison(plan(AbortSignal.abort()))).toEqual([]);
});
