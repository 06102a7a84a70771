/**
 * @file A program that records in a synchronous loop, for tests that end or kill it. It counts on stdout.
 *
 *   node build/test/recording/program.js FOLDER FRAMES ENDING
 *
 * ENDING: close (after the video is finished), exit (without closing it), throw.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Recorder } from '../../src/recording/index.js';

const [folder, frames, ending] = process.argv.slice(2);
const screen = { width: 120, height: 80 };
const recorder = new Recorder();
recorder.start({ path: join(folder, 'video.mp4'), screen, fps: 25, facts: { env: 'Test-v0' } });
for (let i = 1; i <= Number(frames); i++) {
  const draw = (at: number) => 60 + 40 * Math.sin(at / 20);
  recorder.frame(
    (painter) => {
      painter.clear(0xffffff);
      painter.circle(draw(i), 40, 20, 0xcc0000);
    },
    { length: i },
  );
  if (i % 50 === 0) writeSync(1, `${i}\n`);
}
if (ending === 'throw') throw new Error('on purpose');
if (ending === 'close') {
  recorder.finish();
  writeSync(1, `${JSON.stringify(recorder.close())}\n`);
}
