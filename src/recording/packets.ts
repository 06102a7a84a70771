/** @file What a program tells its recorder through a pipe: packets of a kind and bytes. */
import type { MessagePort } from 'node:worker_threads';
import type { Screen } from './painter.js';

/** What a video's JSON tells beside what the recorder knows itself; numbers, strings and the like. */
export type Facts = Record<string, unknown>;

/** Where the facts of a video are. */
export const factsPath = (video: string): string => video.replace(/\.mp4$/, '.json');

/** How a video begins. */
export interface VideoStart {
  path: string;
  screen: Screen;
  /** In pixels. */
  width: number;
  height: number;
  fps: number;
  facts: Facts;
}

/** `start`: a VideoStart as JSON. `facts`: those of the next frame. `frame`: a DisplayList's numbers. `finish`: nothing. */
const KINDS = ['start', 'facts', 'frame', 'finish'] as const;

export interface Packet {
  kind: (typeof KINDS)[number];
  bytes: Uint8Array;
}

const HEADER = 8;

/** The packet as it goes through the pipe: the number of its kind, the count of its bytes, the bytes. */
export function encodePacket({ kind, bytes }: Packet): Uint8Array {
  const packet = new Uint8Array(HEADER + bytes.length);
  new Uint32Array(packet.buffer, 0, 2).set([KINDS.indexOf(kind), bytes.length]);
  packet.set(bytes, HEADER);
  return packet;
}

/** The packets of a pipe; one that was cut off at its end is left out. */
export async function* decodePackets(pipe: AsyncIterable<Uint8Array>): AsyncGenerator<Packet> {
  let rest = new Uint8Array(0);
  for await (const chunk of pipe) {
    const bytes = new Uint8Array(rest.length + chunk.length);
    bytes.set(rest);
    bytes.set(chunk, rest.length);
    let at = 0;
    while (at + HEADER <= bytes.length) {
      const [kind, length] = new Uint32Array(bytes.slice(at, at + HEADER).buffer);
      if (at + HEADER + length > bytes.length) break;
      // A copy: the numbers of a frame begin at a multiple of eight bytes.
      yield { kind: KINDS[kind], bytes: bytes.slice(at + HEADER, at + HEADER + length) };
      at += HEADER + length;
    }
    rest = bytes.slice(at);
  }
}

export const toJson = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
export const fromJson = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

/** Places in the counters of a relay. */
export const [ACCEPTED, ENDED] = [0, 1];

/** What the thread of recorder-relay.ts gets. */
export interface RelayData {
  /** ACCEPTED: packets that went into the pipe. ENDED: 1 when the process has ended and its last report is sent. */
  counters: Int32Array;
  /** In: packets, and null for the end. Out: the process's reports. */
  port: MessagePort;
}

/** What the recorder process tells: a finished video, or why it ended. */
export type Report = { video: VideoReport } | { error: string; exitCode: number };

/** A video that is there. */
export interface VideoReport extends Facts {
  path: string;
  frames: number;
  /** Frames a second, and how long it plays. */
  fps: number;
  seconds: number;
  /** In pixels. */
  width: number;
  height: number;
  /** Interrupted: the program ended before the video was to. */
  ending: 'finished' | 'interrupted';
  /** Names and versions of what encoded and painted it. */
  encoder: string;
  painter: string;
  date: string;
  /** Of an episode, as RecordVideo tells them. */
  env?: string;
  policy?: string;
  seed?: number;
  return?: number;
  length?: number;
}
