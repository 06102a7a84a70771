/**
 * @file How the dashboard bears many long runs: makes them, then measures the first view in Chromium and the server's
 * memory, and again with eight runs selected.
 *
 *   npm run build && node scripts/setup.mjs
 *   node scripts/dashboard-scale.mjs --runs 1000 --lines 100000 --folder /tmp/dashboard-scale     (about 8 GB)
 *
 * The folder is made once and used again.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    lines: { type: 'string', default: '100000' },
    folder: { type: 'string', default: '/tmp/dashboard-scale' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
  },
});
const [runs, lines] = [Number(values.runs), Number(values.lines)];
const folder = join(values.folder, `${runs}x${lines}`);
const name = (i) => `run-${String(i).padStart(4, '0')}`;

/** A noisy loss with one spike, which no chart may lose, and a rate. */
function metrics() {
  const parts = [];
  for (let i = 1; i <= lines; i++) {
    const loss = 25 / (1 + i / 2000) + Math.sin(i * 12.9898) + (i === 54_321 ? 100 : 0);
    const rate = 0.3 * Math.cos((i / lines) * 1.57);
    parts.push(`{"step":${i},"epoch":${i / 1000},"train/loss":${loss},"train/lr":${rate}}\n`);
  }
  return parts.join('');
}

if (!existsSync(join(folder, name(runs - 1), 'metrics.jsonl'))) {
  const text = metrics();
  for (let i = 0; i < runs; i++) {
    mkdirSync(join(folder, name(i)), { recursive: true });
    const description = {
      config: { seed: i },
      command: `npm run pretrain -- --seed ${i}`,
      dataset: 'cifar10',
    };
    writeFileSync(join(folder, name(i), 'config.json'), JSON.stringify(description));
    writeFileSync(join(folder, name(i), 'metrics.jsonl'), text);
  }
}
const size = statSync(join(folder, name(0), 'metrics.jsonl')).size;
console.log(`${runs} runs, ${lines} lines each, ${(size / 1e6).toFixed(1)} MB a metrics.jsonl: ${folder}`);

const script = fileURLToPath(new URL('../build/src/cli/dashboard.js', import.meta.url));
const server = spawn(process.execPath, [script, '--exp-dir', folder, '--port', '0']);
const url = await new Promise((resolve) => {
  server.stdout.on('data', (text) => {
    const [address] = /http:\S+/.exec(String(text)) ?? [];
    if (address !== undefined) resolve(address);
  });
});
/** The most memory that the server has had, in MB. */
const memory = () =>
  Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
const browser = await chromium.launch({
  executablePath: values.browser,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
});

/** Seconds from the navigation until the list has all rows and `charts` are drawn. */
async function view(what, hash, selected) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${url}${hash}`, { waitUntil: 'commit' });
  const handle = await page.waitForFunction(
    ([rows, chips]) => {
      const ready =
        document.querySelectorAll('.run-list li').length === rows &&
        document.querySelectorAll('.chips li').length === chips &&
        document.querySelectorAll('tbody tr:nth-child(2) td.number').length >= chips &&
        document.querySelectorAll('.chart canvas').length === 2;
      return ready ? performance.now() : undefined;
    },
    [runs, selected],
    { polling: 'raf' },
  );
  const seconds = (await handle.jsonValue()) / 1000;
  await page.close();
  console.log(`${what}: ${seconds.toFixed(2)} s, server's peak ${memory().toFixed(0)} MB`);
}

try {
  await view('first view, server just started', '#/runs?select=run-0007', 1);
  await view('the same again', '#/runs?select=run-0007', 1);
  const eight = Array.from({ length: 8 }, (_, i) => `select=${name(100 + i)}`).join('&');
  await view('eight other runs', `#/runs?${eight}`, 8);
} finally {
  await browser.close();
  server.kill('SIGINT');
}
