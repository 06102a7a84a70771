/** @file Small files in the real formats, made in temporary folders. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';
import { crc32 } from '../../src/crc32.js';

/** Runs `use` with a new folder, which is gone after. */
export async function withFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'encodergym-data-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function put(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** The byte of pixel (y, x), channel c of image n in every CIFAR file below. */
export const cifarByte = (n: number, y: number, x: number, c: number): number => (n * 7 + y * 3 + x + c * 50) % 256;

/** `count` records whose label bytes are `labels(n)`; images are numbered from `first`. */
export function cifarBatch(count: number, labels: (n: number) => number[], first = 0): Buffer {
  const records = Array.from({ length: count }, (_, i) => {
    const pixels = [0, 1, 2].flatMap((c) =>
      Array.from({ length: 1024 }, (_, p) => cifarByte(first + i, p >> 5, p & 31, c)),
    );
    return Buffer.from([...labels(first + i), ...pixels]);
  });
  return Buffer.concat(records);
}

/** CIFAR-10 with `perBatch` images in each of its files, labels n % 10. */
export function putCifar10(dataDir: string, perBatch: number): string {
  const folder = join(dataDir, 'cifar-10-batches-bin');
  const label = (n: number) => [(n * 3) % 10];
  for (let i = 0; i < 5; i++) {
    put(join(folder, `data_batch_${i + 1}.bin`), cifarBatch(perBatch, label, i * perBatch));
  }
  put(join(folder, 'test_batch.bin'), cifarBatch(perBatch, label));
  put(join(folder, 'batches.meta.txt'), 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n');
  return folder;
}

/** An idx file of bytes. */
export function idx(dimensions: number[], bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, bytes]);
}

/** Encoded image of one colour, `width` x `height`, whose left third is black. */
export function image(format: 'jpeg' | 'png', colour: string, width: number, height: number): Buffer {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'black';
  context.fillRect(0, 0, Math.floor(width / 3), height);
  return format === 'png' ? canvas.toBuffer('image/png') : canvas.toBuffer('image/jpeg', 95);
}

export type Files = Record<string, Uint8Array>;

export function tarGz(files: Files): Buffer {
  const blocks = Object.entries(files).flatMap(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        ', 148);
    header.write('0', 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

export function zip(files: Files): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const packed = deflateRawSync(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed]);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, end, Buffer.from(name));
    locals.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const tail = Buffer.alloc(18);
  tail.writeUInt16LE(locals.length, 4);
  tail.writeUInt16LE(locals.length, 6);
  tail.writeUInt32LE(list.length, 8);
  tail.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, list, Buffer.from('PK\x05\x06', 'latin1'), tail]);
}
