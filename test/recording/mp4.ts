/** @file What an mp4 says of itself, read without ffmpeg: enough to know that it is whole and what it holds. */
import { readFileSync } from 'node:fs';

export interface Mp4 {
  /** The index comes before the frames. */
  fastStart: boolean;
  /** In pixels. */
  width: number;
  height: number;
  frames: number;
  seconds: number;
}

const CONTAINERS = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

/** Reads the boxes of the file. @throws Error for one that is cut off or has no index. */
export function readMp4(path: string): Mp4 {
  const bytes = readFileSync(path);
  const boxes = new Map<string, number>();
  const walk = (from: number, to: number) => {
    for (let at = from; at < to;) {
      const size = bytes.readUInt32BE(at);
      const type = bytes.toString('latin1', at + 4, at + 8);
      if (size < 8 || at + size > to) throw new Error(`${path}: the box ${type} at ${at} is cut off.`);
      boxes.set(type, at);
      if (CONTAINERS.includes(type)) walk(at + 8, at + size);
      at += size;
    }
  };
  walk(0, bytes.length);
  const place = (type: string) => {
    const at = boxes.get(type);
    if (at === undefined) throw new Error(`${path} has no box ${type}.`);
    return at;
  };
  // The width and height, 16.16, end the track's header.
  const header = place('tkhd') + bytes.readUInt32BE(place('tkhd'));
  const media = place('mdhd');
  return {
    fastStart: place('moov') < place('mdat'),
    width: bytes.readUInt16BE(header - 8),
    height: bytes.readUInt16BE(header - 4),
    frames: bytes.readUInt32BE(place('stsz') + 16),
    seconds: bytes.readUInt32BE(media + 24) / bytes.readUInt32BE(media + 20),
  };
}
