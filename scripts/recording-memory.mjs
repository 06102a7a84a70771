/**
 * Records one long video in a synchronous loop and shows that memory stays as it is: of this process and of the one that
 * paints and encodes (Linux only: it reads /proc).
 *
 *   node scripts/recording-memory.mjs                10,000 frames of 600x400
 *   node scripts/recording-memory.mjs 2000 300 200   frames, width, height
 *
 * Ends with exit code 1 when either grew by more than 64 MB between the first quarter and the end.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Recorder } from '../build/src/recording/index.js';

const [frames = 10_000, width = 600, height = 400] = process.argv.slice(2).map(Number);

/** Megabytes that a process holds. */
const residentOf = (pid) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** The process that our recorder started. */
function findRecorder() {
  return readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const isOurs = readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${process.pid}\n`);
      return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('recorder-process.js');
    } catch {
      return false;
    }
  });
}

const folder = mkdtempSync(join(tmpdir(), 'encodergym-memory-'));
const recorder = new Recorder();
recorder.start({ path: join(folder, 'long.mp4'), screen: { width, height }, fps: 50 });
const start = performance.now();
const quarter = Math.ceil(frames / 4);
const samples = [];
for (let i = 1; i <= frames; i++) {
  recorder.frame((painter) => {
    painter.clear(0xffffff);
    for (let k = 0; k < 20; k++) {
      painter.circle(
        width * (0.5 + 0.4 * Math.sin(i / 50 + k)),
        (height * (k + 1)) / 21,
        height / 40,
        0x3366cc,
      );
    }
  });
  if (i % quarter !== 0) continue;
  const sample = { frames: i, program: residentOf(process.pid), recorder: residentOf(findRecorder()) };
  samples.push(sample);
  console.log(
    `${sample.frames} frames: program ${sample.program.toFixed(0)} MB, recorder ${sample.recorder.toFixed(0)} MB`,
  );
}
recorder.finish();
const [video] = recorder.close();
const rate = frames / ((performance.now() - start) / 1000);
console.log(`${video.frames} frames, ${rate.toFixed(0)} a second (${video.painter}, ${video.encoder})`);
rmSync(folder, { recursive: true });
const grown = ['program', 'recorder'].map((name) => samples.at(-1)[name] - samples[0][name]);
console.log(
  `Growth since the first quarter: program ${grown[0].toFixed(0)} MB, recorder ${grown[1].toFixed(0)} MB`,
);
if (Math.max(...grown) > 64 || video.frames !== frames) process.exitCode = 1;
