import { afterAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { chooseVideoEncoder, Rasterizer, VideoFile, type PixelFormat } from '../../src/recording/index.js';
import { WASM_ENCODER, type VideoEncoderChoice } from '../../src/recording/choices.js';
import { readMp4 } from './mp4.js';

const folder = mkdtempSync(join(tmpdir(), 'encodergym-video-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [WIDTH, HEIGHT, FRAMES] = [128, 96, 30];
const installed = chooseVideoEncoder();
const encoders: Record<string, VideoEncoderChoice> = {
  [WASM_ENCODER]: { name: WASM_ENCODER, version: 'x', others: {} },
};
if (installed.path !== undefined) encoders.ffmpeg = { ...installed, name: 'ffmpeg' };

/** A green disc that moves to the right on orange, in bytes of the format. */
async function record(path: string, format: PixelFormat, choice: VideoEncoderChoice): Promise<VideoFile> {
  const painter = new Rasterizer({ width: WIDTH, height: HEIGHT });
  const video = await VideoFile.create(path, { width: WIDTH, height: HEIGHT, fps: 20, format }, choice);
  const bytes = new Uint8Array(WIDTH * HEIGHT * { rgb24: 3, rgba: 4, bgra: 4, gray: 1 }[format]);
  for (let i = 0; i < FRAMES; i++) {
    painter.clear(0xffa500);
    painter.circle(20 + 3 * i, 48, 16, 0x00aa44);
    const { pixels } = painter;
    for (let at = 0; at < WIDTH * HEIGHT; at++) {
      const [r, g, b] = pixels.subarray(3 * at, 3 * at + 3);
      const pixel = { rgb24: [r, g, b], rgba: [r, g, b, 255], bgra: [b, g, r, 255], gray: [g] }[format];
      bytes.set(pixel, at * pixel.length);
    }
    await video.write(bytes);
  }
  await video.finish();
  return video;
}

describe.each(Object.keys(encoders))('%s', (name) => {
  const choice = encoders[name];

  test('writes a whole file with the index it should have', async () => {
    const path = join(folder, `${name}.mp4`);
    const { frames, encoderName } = await record(path, 'rgba', choice);
    expect([frames, encoderName]).toEqual([FRAMES, `${name} ${choice.version}`]);
    const { width, height, frames: inFile, seconds, fastStart } = readMp4(path);
    expect([width, height, inFile]).toEqual([WIDTH, HEIGHT, FRAMES]);
    expect(seconds).toBeCloseTo(FRAMES / 20, 2);
    if (name === 'ffmpeg') expect(fastStart).toBe(true);
    expect(existsSync(`${path}.${process.pid}.tmp`)).toBe(false);
  });

  // What was encoded is looked at with ffmpeg, where there is one.
  const look = installed.path === undefined ? test.skip : test;
  look.each<PixelFormat>(['rgb24', 'rgba', 'bgra', 'gray'])('keeps the colours of %s', async (format) => {
    const path = join(folder, `${name}-${format}.mp4`);
    await record(path, format, choice);
    const output = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
    const raw = execFileSync(installed.path ?? '', ['-loglevel', 'error', '-i', path, ...output], {
      maxBuffer: 2 ** 24,
    });
    expect(raw.length).toBe(FRAMES * WIDTH * HEIGHT * 3);
    const at = (frame: number, x: number, y: number) => {
      const from = ((frame * HEIGHT + y) * WIDTH + x) * 3;
      return [...raw.subarray(from, from + 3)];
    };
    const grey = format === 'gray';
    const [orange, green] = [grey ? [165, 165, 165] : [255, 165, 0], grey ? [170, 170, 170] : [0, 170, 68]];
    const near = (found: number[], expected: number[]) =>
      expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(12);
    near(at(0, 20, 48), green);
    near(at(0, 100, 10), orange);
    near(at(FRAMES - 1, 20, 48), orange);
    near(at(FRAMES - 1, 20 + 3 * (FRAMES - 1), 48), green);
  });

  test('leaves nothing when the file cannot get its name', async () => {
    const path = join(folder, `${name}-in-the-way.mp4`);
    const video = await VideoFile.create(path, { width: 16, height: 16, fps: 5, format: 'gray' }, choice);
    await video.write(new Uint8Array(256));
    execFileSync('mkdir', [path]);
    await expect(video.finish()).rejects.toThrow(UserError);
    expect(readdirSync(folder).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });
});

test('odd sides are refused, with what to do', async () => {
  const video = { width: 15, height: 16, fps: 5, format: 'gray' as const };
  await expect(VideoFile.create(join(folder, 'odd.mp4'), video)).rejects.toThrow(
    /even sides, got 15 x 16: add a row or a column/,
  );
});

test('a folder that cannot be made is refused at once', async () => {
  writeFileSync(join(folder, 'file'), '');
  const video = { width: 16, height: 16, fps: 5, format: 'gray' as const };
  await expect(VideoFile.create(join(folder, 'file', 'a.mp4'), video)).rejects.toThrow(UserError);
});
