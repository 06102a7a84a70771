/**
 * @file The process that paints and encodes videos, started by recorder-relay.ts. It outlives the program that it records:
 * when the pipe ends, be it that the program was killed, it finishes the video that is open.
 */
import { EncodergymError } from '../errors.js';
import { packageVersion, writeFileAtomic } from '../files.js';
import { createPainter } from './canvas.js';
import { chooseCanvas } from './choices.js';
import { replay } from './display-list.js';
import {
  decodePackets,
  factsPath,
  fromJson,
  type Facts,
  type Report,
  type VideoReport,
  type VideoStart,
} from './packets.js';
import type { FramePainter } from './painter.js';
import { VideoFile } from './video.js';

/** One line on stdout for each video, or for the error that ends this process. */
const report = (line: Report) => console.log(JSON.stringify(line));

/** A video being recorded. */
class Recording {
  private announced: Facts = {};

  private constructor(
    private readonly start: VideoStart,
    private readonly painter: FramePainter,
    private readonly file: VideoFile,
  ) {}

  static async begin(start: VideoStart): Promise<Recording> {
    // H.264 needs even sides: where they are odd, the background is drawn a pixel further.
    const [width, height] = [start.width + (start.width % 2), start.height + (start.height % 2)];
    const screen = {
      width: (start.screen.width * width) / start.width,
      height: (start.screen.height * height) / start.height,
    };
    const painter = createPainter(screen, { width, height });
    const { fps } = start;
    const file = await VideoFile.create(start.path, { width, height, fps, format: painter.format });
    return new Recording(start, painter, file);
  }

  /** Facts that hold from the next frame on. */
  announce(facts: Facts): void {
    this.announced = facts;
  }

  async frame(drawing: Float64Array): Promise<void> {
    replay(drawing, this.painter);
    await this.file.write(this.painter.read());
    Object.assign(this.start.facts, this.announced);
  }

  /** Finishes the file, leaves its facts beside it and reports it; without a frame there is no video. */
  async finish(ending: VideoReport['ending']): Promise<void> {
    const { file, start, painter } = this;
    if (file.frames === 0) return file.discard();
    await file.finish();
    const canvas = chooseCanvas();
    const facts = {
      ...start.facts,
      fps: start.fps,
      frames: file.frames,
      seconds: file.frames / start.fps,
      width: painter.width,
      height: painter.height,
      ending,
      encoder: file.encoderName,
      painter: canvas.name === undefined ? 'rasterizer' : `${canvas.name} ${canvas.version ?? ''}`,
      versions: { encodergym: packageVersion('.'), node: process.versions.node },
      date: new Date().toISOString(),
    };
    writeFileAtomic(factsPath(start.path), `${JSON.stringify(facts, null, 2)}\n`);
    report({ video: { path: start.path, ...facts } });
  }
}

async function record(): Promise<void> {
  let recording: Recording | undefined;
  try {
    for await (const { kind, bytes } of decodePackets(process.stdin)) {
      if (kind === 'facts') recording?.announce(fromJson(bytes) as Facts);
      else if (kind === 'frame') await recording?.frame(new Float64Array(bytes.buffer));
      else {
        await recording?.finish('finished');
        recording = kind === 'start' ? await Recording.begin(fromJson(bytes) as VideoStart) : undefined;
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== STOPPED) throw error;
  }
  await recording?.finish('interrupted');
}

/** The error of reading from a pipe that was destroyed. */
const STOPPED = 'ERR_STREAM_PREMATURE_CLOSE';

// Nobody may be there any more to read the reports.
process.stdout.on('error', () => undefined);
// Asked to stop: finish as if the program had ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.stdin.destroy());
}
try {
  await record();
} catch (error) {
  const known = error instanceof EncodergymError;
  report({
    error: known ? error.message : String((error as Error).stack),
    exitCode: known ? error.exitCode : 1,
  });
  process.exitCode = 1;
}
