/** @file The videos play to their end in Chromium, as users see them; skipped where it is not installed. */
import { afterAll, beforeAll, expect } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { chooseVideoEncoder, createPainter, VideoFile } from '../../src/recording/index.js';
import { WASM_ENCODER, type VideoEncoderChoice } from '../../src/recording/choices.js';
import { browserTest, hasBrowser, launchBrowser } from '../browser.js';

const [WIDTH, HEIGHT, FRAMES, FPS] = [160, 120, 30, 30];

const folder = mkdtempSync(join(tmpdir(), 'encodergym-playback-'));
let browser: Browser;
let server: Server;

beforeAll(async () => {
  if (!hasBrowser) return;
  browser = await launchBrowser();
  server = createServer((request, response) => {
    const path = join(folder, request.url ?? '');
    if (request.url === '/') response.setHeader('content-type', 'text/html').end('<!doctype html>');
    else if (existsSync(path)) response.setHeader('content-type', 'video/mp4').end(readFileSync(path));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true });
});

/** A blue frame with a yellow bar that grows to the right. */
async function record(name: string, choice: VideoEncoderChoice): Promise<void> {
  const painter = createPainter({ width: WIDTH, height: HEIGHT });
  const video = await VideoFile.create(
    join(folder, name),
    { width: WIDTH, height: HEIGHT, fps: FPS, format: painter.format },
    choice,
  );
  for (let i = 1; i <= FRAMES; i++) {
    painter.clear(0x2040c0);
    painter.rectangle(0, 40, (WIDTH * i) / FRAMES, 40, 0xffdd00);
    await video.write(painter.read());
  }
  await video.finish();
}

const installed = chooseVideoEncoder();
const encoders: [string, VideoEncoderChoice][] = [[WASM_ENCODER, { name: WASM_ENCODER, others: {} }]];
if (installed.path !== undefined) encoders.push(['ffmpeg', { ...installed, name: 'ffmpeg' }]);

browserTest.each(encoders)('a video of %s', async (name, choice) => {
  await record(`${name}.mp4`, choice);
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  // Run in the page, which has a DOM that this compiler does not know of.
  const played = await page.evaluate(`new Promise((resolve, reject) => {
    const video = document.createElement('video');
    video.muted = true;
    video.onerror = () => reject(new Error(video.error.message));
    video.onended = () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: ${WIDTH}, height: ${HEIGHT} });
      const context = canvas.getContext('2d');
      context.drawImage(video, 0, 0);
      const pixel = (x, y) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3);
      const { videoWidth, videoHeight, duration, currentTime } = video;
      const end = pixel(${WIDTH - 10}, 60);
      resolve({ videoWidth, videoHeight, duration, currentTime, end, above: pixel(80, 10) });
    };
    video.src = '/${name}.mp4';
    document.body.append(video);
    video.play().catch(reject);
  })`);
  await page.close();
  const { end, above, ...rest } = played as Record<string, number> & { end: number[]; above: number[] };
  expect(rest).toMatchObject({ videoWidth: WIDTH, videoHeight: HEIGHT });
  expect(rest.duration).toBeCloseTo(FRAMES / FPS, 1);
  expect(rest.currentTime).toBeCloseTo(rest.duration, 1);
  // Colours survive: the last frame's bar reaches the right side.
  expect(Math.max(...end.map((value, i) => Math.abs(value - [255, 221, 0][i])))).toBeLessThan(20);
  expect(Math.max(...above.map((value, i) => Math.abs(value - [32, 64, 192][i])))).toBeLessThan(20);
});
