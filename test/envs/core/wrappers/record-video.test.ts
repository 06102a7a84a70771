import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cubicSchedule,
  OrderEnforcing,
  RecordVideo,
  TimeLimit,
  type RecordVideoOptions,
} from '../../../../src/envs/core/index.js';
import { UserError } from '../../../../src/errors.js';
import type { VideoReport } from '../../../../src/recording/index.js';
import { Walk } from '../walk.js';

const root = mkdtempSync(join(tmpdir(), 'encodergym-record-video-'));
afterAll(() => rmSync(root, { recursive: true }));

const SPEC = { id: 'Walk-v0', description: 'A walk', options: { size: 5 } };

function recorded(options: Omit<RecordVideoOptions, 'folder'>, limit = 100) {
  const folder = mkdtempSync(join(root, 'a-'));
  const env = new TimeLimit(new OrderEnforcing(new Walk(), SPEC), limit);
  return { folder, env: new RecordVideo(env, { folder, ...options }) };
}

/** Walks to the right end `episodes` times: four steps each, of rewards 1, 2, 3, 4. */
function play(env: RecordVideo<Float32Array, number>, episodes: number, seed?: number) {
  for (let episode = 0; episode < episodes; episode++) {
    env.reset({ seed: seed === undefined ? undefined : seed + episode, options: { place: 0 } });
    for (let ended = false; !ended;) {
      const { terminated, truncated } = env.step(1);
      ended = terminated || truncated;
    }
  }
}

const videosIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.mp4'));
const factsOf = (folder: string, name: string) =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as VideoReport;

test("the schedule is Gymnasium's", () => {
  const chosen = Array.from({ length: 3001 }, (_, episode) => episode).filter(cubicSchedule);
  expect(chosen).toEqual([0, 1, 8, 27, 64, 125, 216, 343, 512, 729, 1000, 2000, 3000]);
});

test('without triggers, episodes of the schedule are recorded, with their facts', () => {
  const { folder, env } = recorded({ facts: { policy: 'right' } });
  play(env, 9, 40);
  env.close();
  const names = [0, 1, 8].map((episode) => `Walk-v0-episode-${episode}`);
  expect(videosIn(folder)).toEqual(names.map((name) => `${name}.mp4`));
  expect(factsOf(folder, names[2])).toMatchObject({
    env: 'Walk-v0',
    options: { size: 5 },
    policy: 'right',
    episode: 8,
    seed: 48,
    return: 10,
    length: 4,
    terminated: true,
    truncated: false,
    frames: 5,
    fps: 10,
    width: 40,
    height: 20,
    ending: 'finished',
  });
  expect(env.videos.map(({ path, episode }) => [path, episode])).toEqual(
    names.map((name, i) => [join(folder, `${name}.mp4`), [0, 1, 8][i]]),
  );
});

describe('triggers', () => {
  test('an episode trigger, a prefix, a size and fps of its own', () => {
    const { folder, env } = recorded({
      episodeTrigger: (episode) => episode === 1,
      namePrefix: 'a/b',
      width: 60,
      height: 30,
      fps: 5,
    });
    play(env, 3);
    env.close();
    expect(videosIn(folder)).toEqual(['a-b-episode-1.mp4']);
    const facts = factsOf(folder, 'a-b-episode-1');
    expect(facts).toMatchObject({ width: 60, height: 30, fps: 5, seconds: 1 });
    expect(facts).not.toHaveProperty('seed');
  });

  test('a step trigger begins in the middle, and nothing else is recorded', () => {
    const { folder, env } = recorded({ stepTrigger: (step) => step === 5 });
    play(env, 3);
    env.close();
    expect(videosIn(folder)).toEqual(['Walk-v0-step-5.mp4']);
    // After the sixth step, the second of the second episode: two are left.
    const facts = { episode: 1, frames: 3, length: 2, return: 7, terminated: true };
    expect(factsOf(folder, 'Walk-v0-step-5')).toMatchObject(facts);
  });

  test('videos of a length span episodes', () => {
    const { folder, env } = recorded({ stepTrigger: (step) => step % 10 === 0, videoLength: 7 });
    play(env, 5);
    env.close();
    expect(videosIn(folder)).toEqual(['Walk-v0-step-0.mp4', 'Walk-v0-step-10.mp4']);
    expect(env.videos.map(({ frames }) => frames)).toEqual([7, 7]);
  });
});

test('an episode that is left early is a video too, one that is open at the end an interrupted one', () => {
  const { env } = recorded({ episodeTrigger: () => true });
  env.reset();
  env.step(0);
  env.reset();
  env.step(0);
  env.step(0);
  env.close();
  expect(env.videos.map(({ frames, ending }) => [frames, ending])).toEqual([
    [2, 'finished'],
    [3, 'interrupted'],
  ]);
});

test('truncation is told', () => {
  const { folder, env } = recorded({}, 2);
  play(env, 1);
  env.close();
  expect(factsOf(folder, 'Walk-v0-episode-0')).toMatchObject({
    truncated: true,
    terminated: false,
    length: 2,
  });
});

test('results are those of the environment', () => {
  const { env } = recorded({});
  const bare = new Walk();
  expect(env.reset({ seed: 3 })).toEqual(bare.reset({ seed: 3 }));
  expect(env.step(1)).toEqual(bare.step(1));
  env.close();
});

test('close closes the environment, also when the video could not be written', () => {
  const blocked = join(root, 'file');
  writeFileSync(blocked, '');
  const walk = new Walk();
  const env = new RecordVideo(walk, { folder: join(blocked, 'in') });
  env.reset();
  expect(() => env.close()).toThrow(UserError);
  expect(walk.closed).toBe(1);
  env.close();
  expect(walk.closed).toBe(2);
});

test('what cannot be recorded is refused at once', () => {
  class Blind extends Walk {
    override readonly screen = undefined as unknown as Walk['screen'];
  }
  expect(() => new RecordVideo(new Blind(), { folder: root })).toThrow(
    /expects an environment that can be seen/,
  );
  expect(() => new RecordVideo(new Walk(), { folder: root, videoLength: 0 })).toThrow(
    /whole number from 1, found 0/,
  );
});
