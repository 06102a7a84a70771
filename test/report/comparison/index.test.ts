/** @file The report of a comparison: what it says of which results, and how it looks in a browser. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { writeComparisonReport } from '../../../src/report/index.js';
import { seriousViolations } from '../../axe.js';
import { browserTest, hasBrowser, launchBrowser } from '../../browser.js';
import { putVideo } from '../../videos.js';
import { leaveAgents, leaveClassification, leavePretraining } from './runs.js';

const top = mkdtempSync(join(tmpdir(), 'encodergym-report-'));
afterAll(() => rmSync(top, { recursive: true }));

const folder = join(top, 'report');
const recordings = join(top, 'recordings');
let html: string;
let markdown: string;
let csv: string[][];

beforeAll(async () => {
  mkdirSync(recordings);
  for (const [name, arm] of Object.entries({ a: 'ssl', b: 'random' })) {
    await putVideo(join(recordings, `${name}.mp4`), 3);
    const facts = { env: 'CartPole-v1', arm, return: 99.96 };
    writeFileSync(join(recordings, `${name}.json`), JSON.stringify(facts));
  }
  const path = writeComparisonReport({
    title: 'Encoders & agents',
    command: 'npm run compare -- --preset "quick"',
    runs: [
      leaveAgents(join(top, 'agents'), { ssl: 200, random: 50, other: 52 }),
      leavePretraining(join(top, 'vicreg')),
      leavePretraining(join(top, 'twice'), 2),
      leaveClassification(join(top, 'probes')),
    ],
    recordings: [recordings],
    folder,
  });
  expect(path).toBe(join(folder, 'report.html'));
  html = readFileSync(path, 'utf8');
  markdown = readFileSync(join(folder, 'report.md'), 'utf8');
  csv = readFileSync(join(folder, 'report.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
});

describe('the answer', () => {
  const answer = () =>
    markdown.slice(markdown.indexOf('## The answer'), markdown.indexOf('## Classification'));

  test('comes first, with the best encoder, by how much, and what may be chance', () => {
    expect(html.indexOf('The answer')).toBeLessThan(html.indexOf('<table'));
    expect(answer()).toContain(
      'cifar10, linear: supervised reaches 70.5 % [69.7 %, 71.3 %]; ' +
        'not significantly above ssl (70.0 %, difference 0.5 points); <random> 40.0 %.',
    );
  });

  test('says of agents who is better, and how often', () => {
    expect(answer()).toMatch(
      /CartPole-v1, ppo: ssl reaches a return of 22\d\.\d \[22\d\.\d, 22\d\.\d\]; better than random \(7\d\.\d\) in 100 % of pairs of runs/,
    );
  });

  test('calls nothing significant that two seeds cannot show', () => {
    const path = writeComparisonReport({
      title: 'Few',
      command: 'x',
      runs: [leaveAgents(join(top, 'few'), { a: 200, b: 50 }, 2)],
      recordings: [],
      folder: join(top, 'few-report'),
    });
    expect(readFileSync(path.replace('.html', '.md'), 'utf8')).toMatch(
      /; not significantly better than b \(\d+\.\d\) with 2 seeds \(in 100 % of pairs of runs\)\./,
    );
  });

  test('says what pretraining added', () => {
    expect(answer()).toContain(
      'cifar10, held-out kNN: vicreg reaches 55.0 %, 30.0 % before it learnt, 40.0 % by raw pixels.',
    );
  });
});

test('pairs that may be chance are not called significant', () => {
  const rows = markdown.split('\n').filter((line) => line.includes(' – ') && /(yes|no) \|$/.test(line));
  const verdicts = Object.fromEntries(
    rows.map((line) => line.split(' | ')).map((cells) => [cells[0].slice(2), cells.at(-1)?.slice(0, -2)]),
  );
  expect(verdicts).toMatchObject({
    'ssl – supervised': 'no',
    'ssl – <random>': 'yes',
    'ssl – random': 'yes',
    'ssl – other': 'yes',
    'random – other': 'no',
  });
});

test('every run has its command, seeds and folder', () => {
  const made = (name: string, seeds: string) =>
    `${name} (seeds ${seeds}; onednn oneDNN 2.6.3; ${join(top, name)}):\n\n`;
  expect(markdown).toContain(`${made('vicreg', '3')}\`npm run pretrain -- --seed 3\``);
  expect(markdown).toContain(`${made('probes', '0 to 1')}\`npm run eval:classify -- --seeds 2\``);
  expect(markdown).toContain(made('agents', '0, 1, 2, 3, 4'));
  expect(markdown).toContain('All of it:\n\n`npm run compare -- --preset "quick"`');
});

describe('speed and cost', () => {
  const section = () =>
    markdown.slice(markdown.indexOf('## Speed and cost'), markdown.indexOf('## How to get'));

  test('time, energy and images a second of each run; what is not known is said', () => {
    expect(section()).toContain(
      '| vicreg | cifar10 | 5 min 20 s | 2.00 Wh | 500.0 | 1 | onednn, 2 threads |',
    );
    expect(section()).toMatch(/The time of some commands is not known\. Energy is not known/);
  });

  test('how speed grows with processes', () => {
    expect(section()).toContain('| vicreg | 1 | 2 | 500.0 | 1.00 |\n| twice | 2 | 2 | 750.0 | 1.50 |');
  });

  test('without gaps: totals', () => {
    const path = writeComparisonReport({
      title: 'Measured',
      command: 'x',
      runs: [leavePretraining(join(top, 'measured'))],
      recordings: [],
      folder: join(top, 'measured-report'),
    });
    const text = readFileSync(path.replace('.html', '.md'), 'utf8');
    expect(text).toContain('All commands together took 5 min 20 s. The processors took 2.00 Wh meanwhile');
    expect(text).not.toContain('The same network and batch on several processes');
  });
});

test('the HTML needs nothing else, and names are text in it', () => {
  expect(html).not.toMatch(/<script[^>]|<link|https?:\/\/(?!www\.w3\.org\/)/);
  expect(html).not.toContain('<random>');
  expect(html).toContain('&lt;random>');
  expect([...html.matchAll(/src="([^"]{0,22})/g)].map(([, start]) => start)).toEqual([
    'data:video/mp4;base64,',
    'data:video/mp4;base64,',
    'data:image/png;base64,',
  ]);
  // Pictures follow light and dark.
  expect(html).not.toMatch(/fill="#fff"/);
  expect(html).toContain('return 100');
});

test('the numbers behind a confusion matrix are those of all seeds', () => {
  const table = html.slice(html.indexOf('Confusion: ssl, linear: images of each class'));
  expect(table).toMatch(/<th scope="row">cat<\/th><td class="number">80<\/td><td class="number">20<\/td>/);
  expect(table).toMatch(/<th scope="row">dog<\/th><td class="number">40<\/td><td class="number">61<\/td>/);
});

test('the CSV has every number with its interval', () => {
  expect(csv[0]).toEqual(['run', 'task', 'arm', 'method', 'metric', 'value', 'low', 'high', 'seeds']);
  expect(csv.every((row) => row.length === 9)).toBe(true);
  expect(csv).toContainEqual(['vicreg', 'cifar10', 'vicreg', 'pretrain', 'knn', '0.55', '', '', '1']);
  const accuracy = csv.find((row) => row[2] === 'ssl' && row[4] === 'accuracy')!;
  expect(accuracy.slice(5).map(Number)).toEqual([0.7, expect.closeTo(0.692), expect.closeTo(0.708), 2]);
  expect(csv.filter((row) => row[4] === 'return_iqm')).toHaveLength(3);
});

test('sections without a run are left out; one agent alone has nobody to beat', () => {
  const path = writeComparisonReport({
    title: 'One',
    command: 'x',
    runs: [leaveAgents(join(top, 'one'), { state: 100 })],
    recordings: [join(top, 'none')],
    folder: join(top, 'small'),
  });
  const text = readFileSync(path.replace('.html', '.md'), 'utf8');
  expect(text).toMatch(/- CartPole-v1, ppo: state reaches a return of \d+\.\d \[\d+\.\d, \d+\.\d\]\.\n/);
  expect(text).not.toMatch(/## (Pretraining|Classification|Videos)/);
});

test('a folder that is no finished run is named', () => {
  const report = { title: '', command: '', recordings: [], folder: top };
  expect(() => writeComparisonReport({ ...report, runs: [{ name: 'none', folder: recordings }] })).toThrow(
    /recordings cannot be reported: expected the folder of a finished run/,
  );
});

test('the answer has all encoders and what they were tried at in one table', () => {
  const table = markdown.slice(markdown.indexOf('At a glance'), markdown.indexOf('In brackets'));
  expect(table).toContain('| encoder | cifar10, linear: accuracy | CartPole-v1, ppo: return |');
  expect(table).toMatch(/\| ssl \| 70\.0 % \[69\.2, 70\.8\] \| 22\d\.\d \[/);
  expect(table).toContain('| supervised | 70.5 % [69.7, 71.3] |  |');
  expect(table).toMatch(/\| other \|  \| 7\d\.\d \[/);
});

describe('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    if (hasBrowser) browser = await launchBrowser();
  });
  afterAll(async () => browser?.close());

  browserTest.each(['light', 'dark'] as const)(
    '%s: no errors, accessible, fits a phone',
    async (colorScheme) => {
      const page = await browser.newPage({ viewport: { width: 400, height: 800 }, colorScheme });
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(pathToFileURL(join(folder, 'report.html')).href);
      expect(await page.locator('figure svg').count()).toBeGreaterThan(4);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByText(/^The numbers: Loss over epochs/).press('Enter');
      expect(await page.getByRole('table', { name: 'Loss over epochs' }).isVisible()).toBe(true);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  browserTest('one button plays all videos of an environment, and pauses them', async () => {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    const playing = (count: number) =>
      page.waitForFunction(
        `[...document.querySelectorAll('video')].filter((one) => !one.paused && one.currentTime > 0).length === ${count}`,
      );
    await page.getByRole('button', { name: 'Play all at once' }).press('Enter');
    await playing(2);
    await page.getByRole('button', { name: 'Pause all' }).click();
    await playing(0);
    await page.getByRole('button', { name: 'Play all at once' }).waitFor();
    await page.close();
  });
});
