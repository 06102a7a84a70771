/**
 * @file Pixels that take time to make (decoded image files, frames of environments) are made once: they are kept in one
 * file of the cache folder, together with a hash of what they were made from. Any change of that makes it stale.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UserError } from '../errors.js';
import { fileError, writeFileAtomic } from '../files.js';
import { decodeImages } from './decode.js';
import { allocateImages } from './image-set.js';
import type { TaskProgress } from '../progress.js';

/** Change it when decoding changes. */
const VERSION = 1;
const KEY_BYTES = 32;
/** A single read or write takes less than 2 GiB. */
const BLOCK_BYTES = 2 ** 30;

/** Where the cache is in a data folder; hidden, so that an image folder may be its own data folder. */
export const cacheFolder = (dataDir: string): string => join(dataDir, '.image-cache');

/**
 * The pixels [files.length, size, size, 3] of image files, from the cache or decoded.
 * @param root the folder of the files
 * @throws CorruptFileError, UserError
 */
export async function loadImageFiles(
  root: string,
  files: readonly string[],
  size: number,
  cache: string,
  onProgress?: (progress: TaskProgress) => void,
): Promise<Uint8Array> {
  const name = `${hash([root, size]).toString('hex').slice(0, 16)}-${size}`;
  const facts = [VERSION, size, ...files.map((file) => [relative(root, file), ...stamp(file)])];
  const task = `Decoding ${root}`;
  return cachedImages(join(cache, `${name}.bin`), facts, files.length, size, (images) =>
    decodeImages(files, size, images, (done) =>
      onProgress?.({ task, done, total: files.length, unit: 'images' }),
    ),
  );
}

/**
 * Pixels [count, size, size, 3] from a file of the cache, or made and kept there.
 * @param facts JSON of all that determines the pixels
 * @param make fills them
 */
export async function cachedImages(
  path: string,
  facts: unknown,
  count: number,
  size: number,
  make: (images: Uint8Array) => Promise<void> | void,
): Promise<Uint8Array> {
  const images = allocateImages(count, [size, size]);
  const key = hash(facts);
  if (readCached(path, key, images)) return images;
  await make(images);
  try {
    writeFileAtomic(path, [key, ...blocks(images)]);
  } catch (error) {
    // The images are there: a cache that cannot be kept costs time at the next start, not this run.
    if (!(error instanceof UserError)) throw error;
    console.warn(`The images are not kept for the next time. ${error.message}`);
  }
  return images;
}

const blocks = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / BLOCK_BYTES) }, (_, i) =>
    bytes.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES),
  );

const hash = (value: unknown): Buffer => createHash('sha256').update(JSON.stringify(value)).digest();

function stamp(file: string): [size: number, modified: number] {
  try {
    const { size, mtimeMs } = statSync(file);
    return [size, mtimeMs];
  } catch (error) {
    throw fileError(error, 'read', file);
  }
}

/** Fills `images` if the file is whole and has that key. */
function readCached(path: string, key: Buffer, images: Uint8Array): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, 'r');
  try {
    const found = Buffer.alloc(KEY_BYTES);
    if (fstatSync(file).size !== KEY_BYTES + images.length) return false;
    if (readSync(file, found, 0, KEY_BYTES, 0) !== KEY_BYTES || !found.equals(key)) return false;
    for (let at = 0; at < images.length; ) {
      const read = readSync(file, images, at, Math.min(BLOCK_BYTES, images.length - at), KEY_BYTES + at);
      if (read === 0) return false;
      at += read;
    }
    return true;
  } finally {
    closeSync(file);
  }
}
