/** @file The page in Chromium, on real files: charts, a run that grows, filters by keyboard, videos, accessibility. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startDashboard, type Dashboard } from '../../src/dashboard/index.js';
import { seriousViolations } from '../axe.js';
import { browserTest, hasBrowser, launchBrowser } from '../browser.js';
import { putVideo, VIDEO_SIZE } from '../videos.js';

const top = mkdtempSync(join(tmpdir(), 'encodergym-page-'));
const [runs, recordings] = [join(top, 'runs'), join(top, 'recordings')];
let browser: Browser;
let dashboard: Dashboard;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  if (!hasBrowser) return;
  for (const [name, lr] of Object.entries({ first: 0.1, second: 0.2 })) leaveRun(name, lr);
  await leaveVideo('cart-random', 1, { env: 'CartPole-v1', policy: 'random', return: 20 });
  await leaveVideo('cart-ppo', 2, { env: 'CartPole-v1', policy: 'ppo', return: 480 });
  await leaveVideo('moon-random', 1, { env: 'LunarLander-v3', policy: 'random', return: -300 });
  dashboard = await startDashboard({ runs, recordings, port: 0, host: '127.0.0.1' });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await dashboard?.close();
  rmSync(top, { recursive: true });
});

beforeEach(async () => {
  if (!hasBrowser) return;
  complaints = [];
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
});
afterEach(async () => {
  if (!hasBrowser) return;
  await page.close();
  expect(complaints).toEqual([]);
});

function leaveRun(name: string, baseLr: number): void {
  mkdirSync(join(runs, name), { recursive: true });
  const description = {
    config: { method: 'vicreg', baseLr },
    command: `npm run pretrain -- --base-lr ${baseLr}`,
    dataset: 'cifar10',
  };
  writeFileSync(join(runs, name, 'config.json'), JSON.stringify(description));
  writeFileSync(join(runs, name, 'report.html'), '<!doctype html><title>Report</title><p>A report.');
  const lines = Array.from({ length: 3000 }, (_, i) =>
    metricsLine(i + 1, (100 * baseLr) / (1 + (i + 1) / 1000)),
  );
  writeFileSync(join(runs, name, 'metrics.jsonl'), lines.join(''));
}

const metricsLine = (step: number, loss: number) =>
  `${JSON.stringify({ step, epoch: step / 100, 'train/loss': loss, 'eval/knn': 0.5 })}\n`;

async function leaveVideo(name: string, seconds: number, facts: Record<string, unknown>): Promise<void> {
  mkdirSync(recordings, { recursive: true });
  await putVideo(join(recordings, `${name}.mp4`), seconds);
  const known = { ...VIDEO_SIZE, seconds, fps: 30, date: '2026-01-01T00:00:00Z', ending: 'finished' };
  writeFileSync(join(recordings, `${name}.json`), JSON.stringify({ ...known, ...facts }));
}

const open = (hash: string) => page.goto(`${dashboard.url}${hash}`);

/** Pixels of a chart's canvas that are of its curve's colour (blue in light mode). */
const drawnPixels = (metric: string) =>
  page.evaluate<number>(`(() => {
    const figure = [...document.querySelectorAll('figure')].find((one) => one.querySelector('h3').textContent === '${metric}');
    const canvas = figure.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] < 40 && data[i + 1] > 90 && data[i + 1] < 140 && data[i + 2] > 150) count++;
    return count;
  })()`);

describe('runs', () => {
  browserTest('live runs are shown at once, with a chart for each metric', async () => {
    await open('');
    await page.getByRole('heading', { name: 'train/loss' }).waitFor();
    expect(await page.getByRole('checkbox', { name: /first|second/ }).count()).toBe(2);
    expect(await page.locator('.chart').count()).toBe(2);
    expect(
      await page.getByRole('img', { name: /^train\/loss over steps\. Latest: .*first 2\.5/ }).count(),
    ).toBe(1);
    await waitUntil(async () => (await drawnPixels('train/loss')) > 200);
    expect(await page.getByText('mean and range of 4').count()).toBe(2);
    expect(await seriousViolations(page)).toEqual([]);
  });

  browserTest('a run is found and selected by keyboard; what is selected is in the address', async () => {
    await open('#/runs?select=');
    await page.getByText('Select runs to see').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('second pretrain');
    await page.getByText('1 of 2').waitFor();
    await page.keyboard.press('Tab'); // the clear button is disabled: the row is next
    await page.keyboard.press('Space');
    await page.getByRole('heading', { name: 'train/loss' }).waitFor();
    expect(page.url()).toMatch(/#\/runs\?select=second$/);
    await page.reload();
    await page.getByRole('heading', { name: 'train/loss' }).waitFor();
    expect(await page.getByRole('checkbox', { name: /second/ }).isChecked()).toBe(true);
    expect(await page.getByRole('checkbox', { name: /first/ }).isChecked()).toBe(false);
  });

  browserTest('selected runs are compared: settings that differ, newest values', async () => {
    await open('#/runs?select=first&select=second');
    const row = page.getByRole('row', { name: /^baseLr/ });
    await row.waitFor();
    expect(await row.getByRole('cell').allTextContents()).toEqual(['0.1', '0.2']);
    expect(await page.getByRole('row', { name: /^method/ }).count()).toBe(0);
    await page.getByLabel('All settings').check();
    expect(await page.getByRole('row', { name: /^method/ }).count()).toBe(1);
    expect(
      await page
        .getByRole('row', { name: /^eval\/knn/ })
        .getByRole('cell')
        .first()
        .textContent(),
    ).toBe('0.5');
  });

  browserTest('the curve of a live run grows', async () => {
    await open('#/runs?select=first');
    await page.getByRole('img', { name: /Latest: first 2\.5/ }).waitFor();
    appendFileSync(join(runs, 'first', 'metrics.jsonl'), metricsLine(3001, 77));
    await page.getByRole('img', { name: /Latest: first 77\./ }).waitFor();
    await page.getByRole('combobox', { name: /^Over/ }).selectOption('epoch');
    await page.getByRole('img', { name: /^train\/loss over epochs/ }).waitFor();
    await page.getByLabel('Smoothing').press('End');
    await page.getByLabel('Logarithmic').check();
    await waitUntil(async () => (await drawnPixels('train/loss')) > 100);
  });

  browserTest('a run that begins appears', async () => {
    await open('#/runs?select=');
    await page.getByText('2 of 2').waitFor();
    leaveRun('third', 0.3);
    await page.getByText('3 of 3').waitFor();
    rmSync(join(runs, 'third'), { recursive: true });
    await page.getByText('2 of 2').waitFor();
  });

  browserTest('reports are listed and open without scripts', async () => {
    await open('#/reports');
    const opened = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'second/report.html' }).click();
    const report = await opened;
    await report.getByText('A report.').waitFor();
    await report.close();
    expect(await seriousViolations(page)).toEqual([]);
  });
});

describe('recordings', () => {
  browserTest('filters by environment, arm and return, by keyboard', async () => {
    await open('#/recordings');
    await page.getByText('3 of 3 recordings').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Environment').focus();
    await page.keyboard.type('Cart');
    await page.getByText('2 of 3 recordings').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('random');
    await page.getByText('1 of 3 recordings').waitFor();
    expect(await page.getByRole('heading', { name: 'CartPole-v1, random' }).count()).toBe(1);
    await page.getByLabel('Arm').selectOption('');
    await page.getByLabel('Return at least').fill('100');
    await page.getByRole('heading', { name: 'CartPole-v1, ppo' }).waitFor();
    await page.getByText('1 of 3 recordings').waitFor();
  });

  browserTest('a video of the gallery plays', async () => {
    await open('#/recordings');
    await page.getByText('3 of 3 recordings').waitFor();
    const time = await page.evaluate(`new Promise((resolve, reject) => {
      const video = document.querySelector('video[aria-label$="cart-ppo.mp4"]');
      video.scrollIntoView();
      video.ontimeupdate = () => video.currentTime > 0.2 && resolve(video.currentTime);
      video.onerror = () => reject(new Error(video.error.message));
      video.oncanplay = () => video.play().catch(reject);
      if (video.readyState >= 3) video.play().catch(reject);
    })`);
    expect(time).toBeGreaterThan(0.2);
  });

  browserTest('two videos play side by side at the same time, and step by frames', async () => {
    await open('#/recordings');
    await page.getByRole('checkbox', { name: /cart-random/ }).check();
    await page.getByRole('checkbox', { name: /cart-ppo/ }).check();
    const player = page.getByRole('region', { name: 'Side by side' });
    await player.getByRole('button', { name: 'Play' }).press('Enter');
    const times = () =>
      page.evaluate<number[]>(
        `[...document.querySelectorAll('.side-by-side video')].map(({ currentTime }) => currentTime)`,
      );
    await waitUntil(async () => Math.min(...(await times())) > 0.3);
    await player.getByRole('button', { name: 'Pause' }).press('Enter');
    const slider = player.getByLabel('Time in seconds');
    await slider.focus();
    await page.keyboard.press('Home');
    await player.getByRole('button', { name: '+1 frame' }).click({ clickCount: 3 });
    await waitUntil(async () => (await times()).every((time) => Math.abs(time - 0.1) < 1e-3));
    expect(await seriousViolations(page)).toEqual([]);
    await player.getByRole('button', { name: 'Close' }).click();
    expect(await player.count()).toBe(0);
  });
});

/** Waits for what has no event; the test's own time limit ends it. */
async function waitUntil(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await page.waitForTimeout(50);
}
