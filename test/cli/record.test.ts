/** @file `npm run record` as users run it: whole processes. */
import { afterAll, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VideoReport } from '../../src/recording/index.js';
import { runCli, startCli } from './run-cli.js';

const root = mkdtempSync(join(tmpdir(), 'encodergym-record-'));
afterAll(() => rmSync(root, { recursive: true }));
const newFolder = () => mkdtempSync(join(root, 'a-'));

test('records episodes of a random policy, tells returns and paths, and makes a gallery', async () => {
  const output = newFolder();
  const flags = ['--episodes', '2', '--seed', '5', '--size', '151x100', '--fps', '25', '--output', output];
  const { code, stdout, result } = await runCli('record', '--env', 'CartPole-v1', ...flags, '--json');
  expect(code).toBe(0);
  const videos = result.videos as VideoReport[];
  const folder = join(output, 'CartPole-v1');
  expect(videos.map(({ path }) => path)).toEqual(
    [0, 1].map((episode) => join(folder, `random-seed-5-episode-${episode}.mp4`)),
  );
  for (const [i, { path, ...facts }] of videos.entries()) {
    const { length } = facts;
    expect(facts).toMatchObject({ env: 'CartPole-v1', policy: 'random', seed: 5 + i, return: length });
    expect(facts).toMatchObject({ frames: (length ?? 0) + 1, width: 152, height: 100, fps: 25 });
    expect(stdout).toMatch(`Episode ${i + 1}, seed ${5 + i}: return ${length}.0, ${length} steps`);
    expect(stdout.split('\n')).toContain(path);
    expect(existsSync(path)).toBe(true);
  }
  expect(result.gallery).toBe(join(output, 'index.html'));
  expect(readFileSync(join(output, 'index.html'), 'utf8')).toMatch(/2 recordings/);
});

test('the same seed records the same episode; a heuristic plays, with options of the environment', async () => {
  const flags = ['--env', 'LunarLander-v3', '--policy', 'heuristic', '--max-steps', '40', '--seed', '3'];
  const options = ['--option', 'enableWind=true', 'windPower=10'];
  const run = (...more: string[]) =>
    runCli('record', ...flags, ...more, '--size', '60x40', '--output', newFolder(), '--json');
  const [first, again, calm] = await Promise.all([run(...options), run(...options), run()]);
  const of = ({ result }: typeof first) => (result.videos as VideoReport[])[0];
  expect(of(first)).toMatchObject({ policy: 'heuristic', length: 40, truncated: true, frames: 41 });
  expect(of(first).options).toMatchObject({ enableWind: true, windPower: 10, gravity: -10 });
  expect(of(again).return).toBe(of(first).return);
  expect(of(calm).return).not.toBe(of(first).return);
});

test('an environment that never ends by itself is cut off', async () => {
  const flags = ['--env', 'CliffWalking-v1', '--size', '72x24', '--output', newFolder(), '--json'];
  const { code, result } = await runCli('record', ...flags);
  expect(code).toBe(0);
  expect((result.videos as VideoReport[])[0].length).toBeLessThanOrEqual(1000);
});

test('Ctrl-C finishes the video that is being recorded, and ends with 130', async () => {
  const output = newFolder();
  const flags = [
    '--env',
    'Pendulum-v1',
    '--episodes',
    '5000',
    '--size',
    '50x50',
    '--output',
    output,
    '--json',
  ];
  const { child, ended } = startCli('record', ...flags);
  let seen = '';
  child.stdout.on('data', (text: string) => {
    if (!seen.includes('Episode 1,') && (seen += text).includes('Episode 1,')) child.kill('SIGINT');
  });
  const { code, stdout, result } = await ended;
  expect(code).toBe(130);
  expect(stdout).toMatch(/SIGINT: finishing the video; once more ends at once/);
  const videos = result.videos as VideoReport[];
  expect(videos.length).toBeGreaterThanOrEqual(1);
  expect(videos.at(-1)?.ending).toMatch(/finished|interrupted/);
  const files = readdirSync(join(output, 'Pendulum-v1'));
  expect(files.filter((name) => name.endsWith('.mp4')).length).toBe(videos.length);
  expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test.each([
  [['--env', 'LunarLnder-v3'], /Unknown environment "LunarLnder-v3"\. Did you mean "LunarLander-v3"/],
  [['--env', 'CartPole-v1', '--policy', 'heuristic'], /heuristic policy "CartPole-v1".*LunarLander-v3/],
  [['--size', '600'], /--size: expected WIDTHxHEIGHT in pixels, found "600"/],
  [['--size', '0x9'], /1 to 8192 whole pixels, got 0 x 9/],
  [['--env', 'LunarLander-v3', '--option', 'windPowr=1'], /no option "windPowr"\. Did you mean/],
  [['--option', 'wind'], /--option: expected name=value, found "wind"/],
  [['--output', '/dev/null/videos'], /Cannot write .*: a part of the path is a file/],
])('a mistake ends with code 2 and says what to do: %p', async (flags, message) => {
  const { code, stderr } = await runCli('record', ...flags);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});
