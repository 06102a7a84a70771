/** @file Return and length of episodes. */
import { expect, test } from '@jest/globals';
import { RecordEpisodeStatistics, TimeLimit } from '../../../../src/envs/core/index.js';
import { Walk } from '../walk.js';

test('the last step of every episode tells its return, length and duration', () => {
  const env = new RecordEpisodeStatistics(new TimeLimit(new Walk({ size: 4 }), 5));
  for (const [actions, r] of [
    [[1, 1, 1], 6],
    [[0, 1, 0, 1, 0], 2],
  ] as const) {
    env.reset({ options: { place: 0 } });
    const infos = actions.map((action) => env.step(action).info);
    expect(infos.slice(0, -1).every((info) => !('episode' in info))).toBe(true);
    expect(infos.at(-1)).toEqual({ episode: { r, l: actions.length, t: expect.any(Number) } });
  }
});
