/** @file A video file that grows frame by frame under a temporary name, and is whole when it has its own. */
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { fileError } from '../files.js';
import { requireVideoEncoder, type VideoEncoderChoice } from './choices.js';
import { FfmpegEncoder, WasmEncoder, type Encoder, type VideoFormat } from './encoders.js';

/**
 * An mp4 (H.264, yuv420p, index first), encoded as frames come: memory does not grow with its length.
 *
 * @example
 * const video = await VideoFile.create('out.mp4', { width: 600, height: 400, fps: 50, format: painter.format });
 * for (...) await video.write(painter.read());
 * await video.finish();
 */
export class VideoFile {
  /** Frames written. */
  frames = 0;

  private constructor(
    readonly path: string,
    /** What encodes, with its version. */
    readonly encoderName: string,
    private readonly temporary: string,
    private readonly encoder: Encoder,
  ) {}

  /**
   * Begins a file; one of that name stays until the new one is finished.
   * @throws UserError when it cannot be written, there is no encoder, or a side is odd.
   */
  static async create(
    path: string,
    video: VideoFormat,
    choice: VideoEncoderChoice = requireVideoEncoder(),
  ): Promise<VideoFile> {
    if (video.width % 2 !== 0 || video.height % 2 !== 0) {
      throw new UserError(
        `A video needs even sides, got ${video.width} x ${video.height}: add a row or a column.`,
      );
    }
    const { name, version = '', path: program } = choice;
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      removeAbandoned(dirname(path));
      closeSync(openSync(temporary, 'w'));
    } catch (error) {
      throw fileError(error, 'write', path);
    }
    const encoder =
      program === undefined
        ? await WasmEncoder.create(temporary, video)
        : new FfmpegEncoder(program, temporary, video);
    return new VideoFile(path, `${program === undefined ? name : 'ffmpeg'} ${version}`, temporary, encoder);
  }

  /** Adds a frame, `[height, width]` in the format given; keeps its promise when the encoder has taken it. */
  async write(frame: Uint8Array): Promise<void> {
    await this.orDiscard(this.encoder.write(frame));
    this.frames++;
  }

  /** Completes the file and gives it its name. */
  async finish(): Promise<void> {
    await this.orDiscard(this.encoder.finish().then(() => renameSync(this.temporary, this.path)));
  }

  /** Gives it up: nothing is left. */
  discard(): void {
    this.encoder.abort();
    rmSync(this.temporary, { force: true });
  }

  /** What fails takes the unfinished file with it. */
  private async orDiscard(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.discard();
      throw fileError(error, 'write', this.path);
    }
  }
}

/** After so long without a write, a temporary file is nobody's, also on a disk that several machines share. */
const ABANDONED = 3_600_000;

/** Removes what recordings left that were killed: old temporary files of processes that are no more. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /\.mp4\.(\d+)\.tmp$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > ABANDONED) rmSync(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process: there, but not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
