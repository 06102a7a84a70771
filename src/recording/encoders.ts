/** @file The two ways of encoding H.264 in mp4: ffmpeg as a child process, and an encoder in WebAssembly without it. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { H264MP4Encoder } from 'h264-mp4-encoder';
import { UserError } from '../errors.js';
import { WASM_ENCODER } from './choices.js';
import { toRgba, Yuv420Converter } from './conversion.js';
import type { PixelFormat } from './painter.js';

/** What frames an encoder gets. */
export interface VideoFormat {
  /** In pixels, even: H.264 keeps colours for squares of four. */
  width: number;
  height: number;
  /** Frames a second. */
  fps: number;
  /** The bytes of a frame. */
  format: PixelFormat;
}

/** Writes one file. */
export interface Encoder {
  /** Takes a frame's bytes; they may be changed once the promise is kept. */
  write(frame: Uint8Array): Promise<void>;
  /** Completes the file. */
  finish(): Promise<void>;
  /** Stops, and leaves the file as it is. */
  abort(): void;
}

const STDERR_KEPT = 4000;

/** The frames go to ffmpeg's stdin as yuv420p, what H.264 keeps; it reads them as fast as it encodes. */
export class FfmpegEncoder implements Encoder {
  private readonly child;
  private readonly closed: Promise<string>;
  private readonly converter: Yuv420Converter;
  private log = '';
  /** Did ffmpeg take the last frame? */
  private taken = Promise.resolve(true);

  /** @param program the path of ffmpeg, with libx264 */
  constructor(program: string, path: string, { width, height, fps, format }: VideoFormat) {
    this.converter = new Yuv420Converter(width, height, format);
    const input = ['-f', 'rawvideo', '-pixel_format', 'yuv420p', '-video_size', `${width}x${height}`];
    // Labelled as what they are: players guess by the size otherwise.
    const colors = ['-color_range', 'tv'];
    for (const label of ['colorspace', 'color_primaries', 'color_trc']) colors.push(`-${label}`, 'bt709');
    // Frames that refer to later ones make drawings no smaller; one thread keeps up with the painter, and the cores are for
    // what is recorded.
    const speed = ['-preset', 'veryfast', '-bf', '0', '-threads', '1'];
    const codec = ['-c:v', 'libx264', ...speed, '-crf', '20', '-pix_fmt', 'yuv420p'];
    // A key frame every two seconds, to jump to; the index first, so that playing starts before all is loaded.
    const file = ['-g', String(Math.ceil(2 * fps)), '-movflags', '+faststart', '-f', 'mp4', '-y', path];
    const options = ['-loglevel', 'error', ...input, '-framerate', String(fps), '-i', 'pipe:0', '-an'];
    this.child = spawn(program, [...options, ...colors, ...codec, ...file], {
      stdio: ['pipe', 'ignore', 'pipe'],
      windowsHide: true,
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log = (this.log + text).slice(-STDERR_KEPT);
    });
    // Told by `closed`, with the reason.
    this.child.stdin.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(error.message));
      this.child.on('close', (code, signal) =>
        resolve(signal ?? (code === 0 ? '' : `exit code ${code ?? '?'}`)),
      );
    });
  }

  /** Waits for the frame before only: the next one is painted while ffmpeg takes this one, hence the copy. */
  async write(frame: Uint8Array): Promise<void> {
    const yuv = this.converter.convert(frame);
    if (!(await this.taken)) throw await this.failure();
    const copy = Buffer.from(yuv);
    this.taken = new Promise((resolve) =>
      this.child.stdin.write(copy, (error?: Error | null) => resolve(error === undefined || error === null)),
    );
  }

  async finish(): Promise<void> {
    this.child.stdin.end();
    if ((await this.closed) !== '') throw await this.failure();
  }

  abort(): void {
    this.child.kill('SIGKILL');
  }

  private async failure(): Promise<Error> {
    const ending = await this.closed;
    const said = this.log.trim().split('\n').at(-1) ?? '';
    if (said.includes('No space left on device')) return Object.assign(new Error(said), { code: 'ENOSPC' });
    return new UserError(
      `ffmpeg stopped before the video was finished (${ending || 'exit code 0'}): ${said || 'it did not say why'}. ` +
        'Record again, or name another ffmpeg in FFMPEG_BIN.',
    );
  }
}

/** From 10, the best, to 51: drawings keep clean edges. */
const QUANTIZATION = 24;

/** Slower than ffmpeg, and holds the compressed file in memory (a few kilobytes a second) until it is finished. */
export class WasmEncoder implements Encoder {
  private readonly rgba: Uint8Array;
  private released = false;

  private constructor(
    private readonly encoder: H264MP4Encoder,
    private readonly path: string,
    private readonly video: VideoFormat,
  ) {
    this.rgba = new Uint8Array(4 * video.width * video.height);
  }

  static async create(path: string, video: VideoFormat): Promise<WasmEncoder> {
    const { createH264MP4Encoder } = createRequire(import.meta.url)(WASM_ENCODER) as {
      createH264MP4Encoder: () => Promise<H264MP4Encoder>;
    };
    const encoder = await createH264MP4Encoder();
    encoder.width = video.width;
    encoder.height = video.height;
    // A whole number there.
    encoder.frameRate = Math.max(1, Math.round(video.fps));
    encoder.groupOfPictures = Math.ceil(2 * video.fps);
    encoder.quantizationParameter = QUANTIZATION;
    encoder.speed = 10;
    encoder.initialize();
    return new WasmEncoder(encoder, path, video);
  }

  write(frame: Uint8Array): Promise<void> {
    this.encoder.addFrameRgba(toRgba(frame, this.video.format, this.rgba));
    return Promise.resolve();
  }

  finish(): Promise<void> {
    this.encoder.finalize();
    const bytes = this.encoder.FS.readFile(this.encoder.outputFilename);
    this.abort();
    writeFileSync(this.path, bytes);
    return Promise.resolve();
  }

  abort(): void {
    if (this.released) return;
    this.released = true;
    this.encoder.FS.unlink(this.encoder.outputFilename);
    this.encoder.delete();
  }
}
