/**
 * @file Videos of what a synchronous program draws. Drawings go as numbers through a thread to a process of its own, which
 * paints and encodes them: the program only waits when that is far behind, and may be killed at any moment: the
 * recorder process then finishes the video by itself.
 */
import { resolve } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { EncodergymError, UserError } from '../errors.js';
import { DisplayList } from './display-list.js';
import {
  ACCEPTED,
  ENDED,
  toJson,
  type Facts,
  type Packet,
  type RelayData,
  type Report,
  type VideoReport,
  type VideoStart,
} from './packets.js';
import { resolveSize, type FrameSize, type Painter, type Screen } from './painter.js';

/** Packets on their way to the recorder process: enough that it always has work, few enough to hold in memory. */
const MAX_WAITING = 64;
const MINUTE = 60_000;
const SILENT = 'The recorder process does not answer: the video may be lost.';

interface Relay {
  worker: Worker;
  port: MessagePort;
  counters: Int32Array;
}

export interface RecordingOptions extends FrameSize {
  /** Where the mp4 goes; its facts go beside it, in a JSON of the same name. */
  path: string;
  /** What the drawings' coordinates refer to. */
  screen: Screen;
  /** Frames a second. */
  fps: number;
  /** What else shall be in the JSON. */
  facts?: Facts;
}

/** All that are open: a program that ends without closing them loses no video. */
const open = new Set<Recorder>();

function closeAll(): void {
  for (const recorder of open) {
    try {
      recorder.close();
    } catch (error) {
      console.error(`Error: ${(error as Error).message}`);
    }
  }
}

/**
 * Records one video after the other.
 *
 * @example
 * const recorder = new Recorder();
 * recorder.start({ path: 'recordings/cart.mp4', screen: env.screen, fps: env.fps });
 * for (...) recorder.frame((painter) => env.draw(painter));
 * const [video] = recorder.close();
 */
export class Recorder {
  private readonly drawing = new DisplayList();
  private readonly videos: VideoReport[] = [];
  private relay: Relay | undefined;
  private posted = 0;
  private recording = false;

  /** Begins a video; one that is being recorded is finished. @throws UserError for sides that are no whole numbers. */
  start({ path, screen, fps, facts = {}, ...size }: RecordingOptions): void {
    if (!path.endsWith('.mp4')) throw new UserError(`A video's name ends with .mp4, found "${path}".`);
    if (!(fps > 0 && fps <= 1000)) {
      throw new UserError(`A video needs more than 0 and up to 1000 frames a second, found ${fps}.`);
    }
    const start: VideoStart = { path: resolve(path), screen, fps, facts, ...resolveSize(screen, size) };
    this.post({ kind: 'start', bytes: toJson(start) });
    this.recording = true;
  }

  /**
   * Adds a frame.
   * @param facts of the video up to now, added to its JSON
   * @throws UserError when the recorder could not go on: the disk is full, ffmpeg died, ...
   */
  frame(draw: (painter: Painter) => void, facts?: Facts): void {
    if (!this.recording) throw new Error('frame() was called without a video: call start() first.');
    draw(this.drawing);
    if (facts !== undefined) this.post({ kind: 'facts', bytes: toJson(facts) });
    this.post({ kind: 'frame', bytes: new Uint8Array(this.drawing.take().buffer) });
  }

  /** Ends the video; its file will be there soon, and is there for sure after `close`. */
  finish(): void {
    if (!this.recording) return;
    this.recording = false;
    this.post({ kind: 'finish', bytes: new Uint8Array(0) });
  }

  /**
   * Waits until all files are there; a video that is not finished becomes an interrupted one. May be used again.
   * @returns the videos since the last call
   * @throws UserError when the recorder could not go on
   */
  close(): VideoReport[] {
    const { relay } = this;
    if (relay !== undefined) {
      relay.port.postMessage(null);
      const answer = Atomics.wait(relay.counters, ENDED, 0, 10 * MINUTE);
      this.leave(relay, answer === 'timed-out' ? SILENT : undefined);
    }
    return this.videos.splice(0);
  }

  private post(packet: Packet): void {
    const relay = (this.relay ??= this.startRelay());
    const { port, counters } = relay;
    for (;;) {
      const accepted = Atomics.load(counters, ACCEPTED);
      if (Atomics.load(counters, ENDED) !== 0) this.leave(relay, 'The recorder process was stopped.');
      if (this.posted - accepted < MAX_WAITING) break;
      if (Atomics.wait(counters, ACCEPTED, accepted, MINUTE) === 'timed-out') this.leave(relay, SILENT);
    }
    port.postMessage(packet, [packet.bytes.buffer as ArrayBuffer]);
    this.posted++;
  }

  private startRelay(): Relay {
    const counters = new Int32Array(new SharedArrayBuffer(8));
    const { port1, port2 } = new MessageChannel();
    const workerData: RelayData = { counters, port: port2 };
    const worker = new Worker(new URL('./recorder-relay.js', import.meta.url), {
      workerData,
      transferList: [port2],
    });
    // A program that has nothing else to do may end.
    worker.unref();
    this.posted = 0;
    if (open.size === 0) process.on('exit', closeAll);
    open.add(this);
    return { worker, port: port1, counters };
  }

  /**
   * Parts from the recorder process: takes its reports, throws its error.
   * @param otherwise the error where it told none
   */
  private leave({ worker, port }: Relay, otherwise?: string): void {
    this.relay = undefined;
    this.recording = false;
    open.delete(this);
    if (open.size === 0) process.off('exit', closeAll);
    let failure = otherwise === undefined ? undefined : new EncodergymError(otherwise);
    for (let item = receiveMessageOnPort(port); item !== undefined; item = receiveMessageOnPort(port)) {
      const report = item.message as Report;
      if ('video' in report) this.videos.push(report.video);
      else failure = new (report.exitCode === 2 ? UserError : EncodergymError)(report.error);
    }
    port.close();
    void worker.terminate();
    if (failure !== undefined) throw failure;
  }
}
