/**
 * @file The README's picture of a comparison's report, and its agents side by side as a GIF.
 *
 *   npm start && node scripts/comparison-pictures.mjs        docs/images/report.png and docs/images/agents.gif
 *
 * Needs Debian's packages chromium and ffmpeg. Other comparisons: --report FILE.html --video FILE-arms.mp4.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values } = parseArgs({
  options: {
    report: { type: 'string', default: join('runs', 'quick', 'report.html') },
    // The newest video of all arms below recordings/NAME, NAME being the comparison's.
    video: { type: 'string' },
  },
});
const report = resolve(values.report);
const video = values.video ?? newestVideo(join('recordings', basename(dirname(report))));
const images = fileURLToPath(new URL('../docs/images', import.meta.url));

function newestVideo(folder) {
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true }) : [];
  const videos = files.filter((file) => file.endsWith('-arms.mp4')).map((file) => join(folder, file));
  if (videos.length === 0) throw new Error(`No video of all arms in ${folder}: npm start makes it.`);
  return videos.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1120, height: 1000 } });
await page.goto(pathToFileURL(report).href);
const picture = join(images, 'report.png');
await page.screenshot({ path: picture });
await browser.close();
console.log(picture);

// At most 10 seconds, 720 pixels wide, 12.5 pictures a second, in 48 colours without dither: flat drawings stay flat.
const filter =
  'fps=12.5,scale=720:-2:flags=lanczos,split[a][b];[a]palettegen=max_colors=48[p];[b][p]paletteuse=dither=none';
const gif = join(images, 'agents.gif');
execFileSync('ffmpeg', ['-v', 'error', '-y', '-t', '10', '-i', video, '-filter_complex', filter, gif]);
console.log(`${gif}, ${(statSync(gif).size / 1e6).toFixed(2)} MB, of ${video}`);
