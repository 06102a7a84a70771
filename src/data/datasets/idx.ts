/** @file The idx format of the MNIST family: a magic number, the dimensions as big-endian words, bytes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { CorruptFileError, UserError } from '../../errors.js';
import { allocateImages, imageSet } from '../image-set.js';
import type { ImageSet } from '../types.js';
import { readBytes } from './dataset.js';

/** The third byte says unsigned bytes, the fourth how many dimensions. */
const UNSIGNED_BYTES = 0x08;
const SUFFIXES = ['', '.gz', '.br'];

interface IdxArray {
  path: string;
  dimensions: number[];
  bytes: Uint8Array;
}

/**
 * Reads grey images and labels as RGB images of `side` x `side`: the images in the middle, zeros around, the grey value
 * in all three channels.
 * @param part as `train` of `train-images-idx3-ubyte`, which may be compressed (.gz, .br)
 * @throws CorruptFileError, UserError
 */
export function readIdxSet(
  name: string,
  classes: string[],
  folder: string,
  part: string,
  side: number,
): ImageSet {
  const pixels = readIdx(join(folder, imagesOf(part)), 3);
  const labels = readIdx(join(folder, labelsOf(part)), 1);
  const [count, height, width] = pixels.dimensions;
  if (labels.dimensions[0] !== count) {
    throw new CorruptFileError(
      `${pixels.path} has ${count} images but ${labels.path} has ${labels.dimensions[0]} labels: they are not of the ` +
        'same data set. Copy both again.',
    );
  }
  if (height > side || width > side) {
    throw new CorruptFileError(
      `${pixels.path} should have images of at most ${side}x${side} pixels, found ${height}x${width}.`,
    );
  }
  const wrong = labels.bytes.findIndex((label) => label >= classes.length);
  if (wrong >= 0) {
    throw new CorruptFileError(
      `${labels.path} is corrupt: image ${wrong} has label ${labels.bytes[wrong]}, expected 0 to ${classes.length - 1}.`,
    );
  }
  const images = allocateImages(count, [side, side]);
  const top = Math.floor((side - height) / 2);
  const left = Math.floor((side - width) / 2);
  for (let image = 0, from = 0; image < count; image++) {
    for (let y = 0; y < height; y++) {
      let to = ((image * side + top + y) * side + left) * 3;
      for (let x = 0; x < width; x++) {
        const grey = pixels.bytes[from++];
        images[to++] = grey;
        images[to++] = grey;
        images[to++] = grey;
      }
    }
  }
  return imageSet(name, classes, [side, side], images, Int32Array.from(labels.bytes));
}

/** Whether a folder has the images and the labels of a part. */
export const hasIdxFiles = (folder: string, part: string): boolean =>
  findIdx(join(folder, imagesOf(part))) !== undefined && findIdx(join(folder, labelsOf(part))) !== undefined;

const imagesOf = (part: string): string => `${part}-images-idx3-ubyte`;
const labelsOf = (part: string): string => `${part}-labels-idx1-ubyte`;

/** The file, compressed or not. */
const findIdx = (path: string): string | undefined =>
  SUFFIXES.map((suffix) => path + suffix).find((candidate) => existsSync(candidate));

function readIdx(stem: string, rank: number): IdxArray {
  const path = findIdx(stem);
  if (path === undefined) {
    throw new UserError(
      `${stem} (or the same with .gz) is missing, though other files of the data set are there. ` +
        'Copy the whole data set again.',
    );
  }
  const bytes = decompress(path, readBytes(path));
  const start = 4 + 4 * rank;
  if (bytes.length < start || bytes.readUInt32BE(0) !== ((UNSIGNED_BYTES << 8) | rank)) {
    throw new CorruptFileError(
      `${path} is not an idx file of ${rank === 1 ? 'labels' : 'images'}: its first four bytes should be 0, 0, 8, ` +
        `${rank}, found ${[...bytes.subarray(0, 4)].join(', ')}. Copy it again.`,
    );
  }
  const dimensions = Array.from({ length: rank }, (_, i) => bytes.readUInt32BE(4 + 4 * i));
  const expected = dimensions.reduce((product, size) => product * size, 1);
  if (bytes.length - start !== expected) {
    throw new CorruptFileError(
      `${path} is truncated or corrupt: its header promises ${expected} bytes (${dimensions.join('x')}), found ` +
        `${bytes.length - start}. Copy it again.`,
    );
  }
  return { path, dimensions, bytes: bytes.subarray(start) };
}

function decompress(path: string, bytes: Buffer): Buffer {
  try {
    if (path.endsWith('.br')) return brotliDecompressSync(bytes);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  } catch (error) {
    throw new CorruptFileError(
      `${path} is truncated or corrupt: it does not decompress (${(error as Error).message}). Copy it again.`,
      { cause: error },
    );
  }
}
