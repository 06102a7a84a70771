/** @file Frames of an environment as a data set: what is in it, that it is the same again, what cannot be seen. */
import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadDataset } from '../../../src/data/index.js';
import { AddRenderObservation, make } from '../../../src/envs/index.js';
import { UserError } from '../../../src/errors.js';
import type { TaskProgress } from '../../../src/progress.js';
import { withFolder } from '../fixtures.js';

const FRAMES = 300;
const load = (folder: string, imageSize = 32, onProgress?: (progress: TaskProgress) => void) =>
  loadDataset('env:CartPole-v1', folder, { frames: FRAMES, imageSize, onProgress });

test('whole episodes of random actions, first and final pictures included; the last tenth is held out in its order', () =>
  withFolder(async (folder) => {
    const { name, train, heldOut, test: testSet } = await load(folder);
    expect([name, train.count, heldOut.count, testSet]).toEqual(['env:CartPole-v1', 270, 30, undefined]);
    expect([train.classes, train.size]).toEqual([['unlabelled'], [32, 32]]);
    const env = new AddRenderObservation(make('CartPole-v1'), { width: 32, height: 32 });
    env.actionSpace.seed(0);
    const expected: Uint8Array[] = [env.reset({ seed: 0 }).observation];
    while (expected.length < FRAMES) {
      const { observation, terminated } = env.step(env.actionSpace.sample());
      expected.push(observation);
      if (terminated) expected.push(env.reset().observation);
    }
    const bytes = 32 * 32 * 3;
    const frames = [...Array(FRAMES).keys()].map((i) =>
      i < 270
        ? train.images.subarray(i * bytes, (i + 1) * bytes)
        : heldOut.images.subarray((i - 270) * bytes, (i - 269) * bytes),
    );
    expect(frames.every((frame, i) => Buffer.compare(frame, expected[i]) === 0)).toBe(true);
  }));

test('gathered once, with progress; again for another size or when the file is not whole', () =>
  withFolder(async (folder) => {
    const tasks: TaskProgress[] = [];
    const first = await load(folder, 32, (progress) => tasks.push(progress));
    expect(tasks[0]).toEqual({ task: 'Gathering frames of CartPole-v1', done: 0, total: FRAMES, unit: 'frames' });
    const cache = join(folder, '.image-cache');
    const [file] = readdirSync(cache);
    const made = tasks.length;
    const again = await load(folder, 32, (progress) => tasks.push(progress));
    expect(tasks).toHaveLength(made);
    expect(Buffer.compare(again.train.images, first.train.images)).toBe(0);
    await load(folder, 16);
    expect(readdirSync(cache)).toHaveLength(2);
    truncateSync(join(cache, file), statSync(join(cache, file)).size - 1);
    const mended = await load(folder);
    expect(Buffer.compare(mended.train.images, first.train.images)).toBe(0);
  }));

test('64 x 64 pixels unless asked otherwise', () =>
  withFolder(async (folder) => {
    const { train } = await loadDataset('env:Pendulum-v1', folder, { frames: 20 });
    expect(train.size).toEqual([64, 64]);
  }));

test('an unknown environment is an error that names the nearest', () =>
  withFolder(async (folder) => {
    await expect(loadDataset('env:CartPole-v9', folder)).rejects.toThrow(/CartPole-v1/);
    await expect(loadDataset('env:CartPole-v9', folder)).rejects.toThrow(UserError);
  }));
