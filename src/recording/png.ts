/** @file Frames as PNG files (https://www.w3.org/TR/png), without a canvas: the same bytes wherever zlib is the same. */
import { deflateSync } from 'node:zlib';
import { crc32 } from '../crc32.js';
import type { Frame } from './painter.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Rows as differences to the row above: drawings have many equal rows, which become zeros. */
const FILTER_UP = 2;

/** The bytes of a PNG file with 8-bit RGB. */
export function encodePng({ width, height, data }: Frame): Uint8Array {
  const row = 3 * width;
  const filtered = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) {
    const to = y * (row + 1);
    const from = y * row;
    filtered[to] = FILTER_UP;
    for (let i = 0; i < row; i++) {
      filtered[to + 1 + i] = data[from + i] - (y === 0 ? 0 : data[from + i - row]);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits, RGB; the one method of compression, of filtering; not interlaced.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filtered, { level: 6 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Length, type, data, checksum of type and data. */
function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
