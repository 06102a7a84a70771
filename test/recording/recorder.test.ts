import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../src/errors.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { Recorder, type VideoReport } from '../../src/recording/index.js';
import { DRAWINGS, SCREEN } from './drawings.js';
import { readMp4 } from './mp4.js';

const root = mkdtempSync(join(tmpdir(), 'encodergym-recorder-'));
afterAll(() => rmSync(root, { recursive: true }));
const newFolder = () => mkdtempSync(join(root, 'a-'));

const factsOf = (folder: string, name = 'video') =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as VideoReport;

describe('videos of a synchronous loop', () => {
  const folder = newFolder();
  const recorder = new Recorder();
  const paths = ['one', 'two'].map((name) => join(folder, 'new', `${name}.mp4`));
  // The first ends where the second begins.
  for (const [i, path] of paths.entries()) {
    recorder.start({
      path,
      screen: SCREEN,
      fps: 25,
      width: 120 + 31 * i,
      height: 80,
      facts: { env: 'A-v0' },
    });
    for (let frame = 0; frame < 40; frame++) {
      recorder.frame(DRAWINGS[frame % 2 === 0 ? 'circles' : 'text'], { return: frame / 2 });
    }
  }
  const videos = recorder.close();

  test('are there when it is closed, with the facts that were told', () => {
    expect(videos.map(({ path, ending }) => [path, ending])).toEqual([
      [paths[0], 'finished'],
      [paths[1], 'interrupted'],
    ]);
    const { encoder, painter, date, ...rest } = factsOf(join(folder, 'new'), 'one');
    expect(rest).toEqual({
      env: 'A-v0',
      return: 19.5,
      fps: 25,
      frames: 40,
      seconds: 1.6,
      width: 120,
      height: 80,
      ending: 'finished',
      versions: { encodergym: expect.stringMatching(/^\d/), node: process.versions.node },
    });
    expect([encoder, painter]).toEqual([expect.stringMatching(/\d/), expect.stringMatching(/canvas|raster/)]);
    expect(Math.abs(Date.parse(date) - Date.now())).toBeLessThan(600_000);
    expect(readdirSync(join(folder, 'new')).sort()).toEqual(['one.json', 'one.mp4', 'two.json', 'two.mp4']);
  });

  test('are whole files, of even sides', () => {
    expect(readMp4(paths[0])).toMatchObject({ width: 120, height: 80, frames: 40, seconds: 1.6 });
    expect(readMp4(paths[1])).toMatchObject({ width: 152, height: 80, frames: 40 });
  });

  test('a closed recorder may be closed again, and used again', () => {
    expect(recorder.close()).toEqual([]);
    recorder.start({ path: paths[0], screen: SCREEN, fps: 10 });
    recorder.frame(DRAWINGS.polygons);
    recorder.finish();
    expect(recorder.close()).toMatchObject([{ path: paths[0], frames: 1, ending: 'finished' }]);
    expect(readMp4(paths[0])).toMatchObject({ frames: 1, seconds: 0.1 });
  });
});

test('a video without a frame is none; a frame without a video is a mistake', () => {
  const folder = newFolder();
  const recorder = new Recorder();
  const start = () => recorder.start({ path: join(folder, 'video.mp4'), screen: SCREEN, fps: 25 });
  start();
  recorder.finish();
  recorder.finish();
  expect(() => recorder.frame(DRAWINGS.text)).toThrow(/call start\(\) first/);
  start();
  expect(recorder.close()).toEqual([]);
  expect(() => recorder.frame(DRAWINGS.text)).toThrow(/call start\(\) first/);
  expect(readdirSync(folder)).toEqual([]);
});

describe('what cannot be recorded', () => {
  test.each([
    ['a name without .mp4', { path: 'video.avi' }, /ends with \.mp4, found "video\.avi"/],
    ['no frames a second', { fps: 0 }, /up to 1000 frames a second, found 0/],
    ['a size of zero', { width: 0 }, /1 to 8192 whole pixels/],
  ])('%s is refused at once', (_, wrong, message) => {
    const recorder = new Recorder();
    expect(() => recorder.start({ path: 'video.mp4', screen: SCREEN, fps: 25, ...wrong })).toThrow(message);
    expect(recorder.close()).toEqual([]);
  });

  test('a folder that cannot be made is told while recording, or at the end', () => {
    const blocked = join(newFolder(), 'file');
    writeFileSync(blocked, '');
    const recorder = new Recorder();
    recorder.start({ path: join(blocked, 'video.mp4'), screen: SCREEN, fps: 25 });
    const go = () => {
      for (let i = 0; i < 5000; i++) recorder.frame(DRAWINGS.circles);
      recorder.close();
    };
    expect(go).toThrow(UserError);
    expect(recorder.close()).toEqual([]);
  });
});

/** Runs program.ts; `at100` is called once it has drawn 100 frames. */
async function play(
  frames: number,
  ending: string,
  {
    at100,
    environment,
  }: { at100?: (pid: number, folder: string) => void; environment?: Record<string, string> } = {},
) {
  const folder = newFolder();
  const script = join(PROJECT_ROOT, 'build/test/recording/program.js');
  const child = spawn(process.execPath, [script, folder, String(frames), ending], {
    env: { ...process.env, ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const before = stdout;
    stdout += text;
    if (!/^100$/m.test(before) && /^100$/m.test(stdout)) at100?.(child.pid ?? 0, folder);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise((resolve) => child.on('close', (exit, by) => resolve(by ?? exit)));
  return { folder, code, stdout, stderr };
}

/** Waits for the recorder process, which works on after its program's end. */
async function waitFor(path: string): Promise<void> {
  for (let i = 0; i < 600 && !existsSync(path); i++) await sleep(100);
  expect(existsSync(path)).toBe(true);
}

test.each<NodeJS.Signals>(['SIGKILL', 'SIGINT', 'SIGTERM'])(
  'a program that is ended by %s in the middle leaves a whole video of what it had drawn',
  async (signal) => {
    const { folder, code } = await play(1e6, 'close', { at100: (pid) => process.kill(pid, signal) });
    expect(code).toBe(signal);
    await waitFor(join(folder, 'video.json'));
    const { frames } = readMp4(join(folder, 'video.mp4'));
    expect(frames).toBeGreaterThan(20);
    expect(factsOf(folder)).toMatchObject({ frames, length: frames, ending: 'interrupted', env: 'Test-v0' });
    expect(readdirSync(folder).sort()).toEqual(['video.json', 'video.mp4']);
  },
);

/** The recorder process that a program has started. */
function recorderOf(program: number): number {
  const found = readdirSync('/proc').find((pid) => {
    try {
      const isChild = readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${program}\n`);
      return isChild && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('recorder-process.js');
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`The program ${program} has no recorder process.`);
  return Number(found);
}

// Where there is no /proc, the process cannot be found.
const linux = process.platform === 'linux' ? test : test.skip;
linux('a recorder process that is asked to end finishes the video, and the program is told', async () => {
  const { folder, code, stderr } = await play(1e6, 'close', {
    at100: (pid, folder) => {
      const poll = setInterval(() => {
        if (readdirSync(folder).length === 0) return;
        clearInterval(poll);
        process.kill(recorderOf(pid), 'SIGTERM');
      }, 50);
    },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/The recorder process was stopped/);
  const { frames } = readMp4(join(folder, 'video.mp4'));
  expect(factsOf(folder)).toMatchObject({ frames, ending: 'interrupted' });
});

test.each([
  ['exit', 0],
  ['throw', 1],
])('a program that does not close its recorder (%s) loses no frame', async (ending, expected) => {
  const { folder, code } = await play(30, ending);
  expect(code).toBe(expected);
  expect(readMp4(join(folder, 'video.mp4')).frames).toBe(30);
  expect(factsOf(folder)).toMatchObject({ frames: 30, length: 30, ending: 'interrupted' });
});

describe('an ffmpeg that fails', () => {
  const fake = (text: string) => {
    const path = join(newFolder(), 'ffmpeg');
    const version =
      'if [ "$1" = -version ]; then echo "ffmpeg version 9 configuration: --enable-libx264"; exit; fi';
    writeFileSync(path, `#!/bin/sh\n${version}\nhead -c 100000 >/dev/null\n${text}\n`);
    chmodSync(path, 0o755);
    return { FFMPEG_BIN: path };
  };

  test.each([
    [
      'for lack of space',
      'echo "video.mp4: No space left on device" >&2; exit 1',
      /disk is full: free some space/,
    ],
    [
      'by a signal',
      'kill -9 $$',
      /ffmpeg stopped before .* \(SIGKILL\): it did not say why\. Record again, or/,
    ],
    ['with a message', 'echo "Something is odd" >&2; exit 3', /\(exit code 3\): Something is odd/],
  ])('%s is told, and leaves nothing', async (_, text, message) => {
    const { folder, code, stderr } = await play(2000, 'close', { environment: fake(text) });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/UserError/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('what a killed recorder left is removed by the next in its folder', () => {
  const folder = newFolder();
  const [dead, living] = [`old.mp4.${2 ** 30}.tmp`, `new.mp4.${process.pid}.tmp`];
  const fresh = `elsewhere.mp4.${2 ** 30}.tmp`;
  for (const name of [dead, living, fresh, 'other.tmp']) {
    writeFileSync(join(folder, name), '');
    if (name !== fresh) utimesSync(join(folder, name), 1, 1);
  }
  const recorder = new Recorder();
  recorder.start({ path: join(folder, 'video.mp4'), screen: SCREEN, fps: 25 });
  recorder.frame(DRAWINGS.text);
  recorder.finish();
  recorder.close();
  expect(readdirSync(folder).sort()).toEqual([living, fresh, 'other.tmp', 'video.json', 'video.mp4'].sort());
});
