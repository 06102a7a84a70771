/**
 * @file Downloads that can be cut off anywhere: bytes go to `<file>.part`, a later try asks for the rest, and the file
 * gets its name only when its checksum is right.
 */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { CorruptFileError, EncodergymError, UserError } from '../errors.js';
import { fileError } from '../files.js';
import type { Archive } from './datasets/dataset.js';
import type { TaskProgress } from '../progress.js';
import { unpack } from './unpack.js';

type OnProgress = (progress: TaskProgress) => void;

/** Tries after a connection broke off, as long as each brought something. */
const MOST_TRIES = 5;
const PAUSE_MS = 500;

/**
 * Fetches the public files of a data set into `dataDir` and unpacks them; archives that are already there, whole, are
 * not fetched again.
 * @throws UserError, CorruptFileError
 */
export async function downloadArchives(
  archives: readonly Archive[],
  dataDir: string,
  onProgress?: OnProgress,
): Promise<void> {
  for (const { url, md5, folder, format } of archives) {
    const file = basename(new URL(url).pathname);
    if (format === 'file') {
      await downloadFile(url, join(dataDir, folder, file), md5, onProgress);
    } else {
      await downloadFile(url, join(dataDir, file), md5, onProgress);
      onProgress?.({ task: `Unpacking ${file}`, done: 0, unit: 'bytes' });
      await unpack(join(dataDir, file), format, join(dataDir, folder));
    }
  }
}

/**
 * Fetches `url` to `path`, from where an earlier try stopped; does nothing if the file is there and right.
 * @throws CorruptFileError when what came has another checksum; UserError when it cannot be fetched or written.
 */
export async function downloadFile(
  url: string,
  path: string,
  md5: string,
  onProgress?: OnProgress,
): Promise<void> {
  if (existsSync(path) && (await md5Of(path)) === md5) return;
  const part = `${path}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw fileError(error, 'write', dirname(path));
  }
  const resumed = sizeOf(part) > 0;
  await fetchAll(url, path, part, onProgress);
  const found = await md5Of(part);
  if (found === md5) return renameSync(part, path);
  rmSync(part);
  // The published file may have changed since the first half was fetched.
  if (resumed) return downloadFile(url, path, md5, onProgress);
  throw new CorruptFileError(
    `The download of ${url} is not the published file: expected the MD5 checksum ${md5}, found ${found}. It was ` +
      `deleted. Run the same command again, or fetch the file by other means and put it at ${path}.`,
  );
}

/** Fetches until nothing is missing, going on after broken connections. */
async function fetchAll(url: string, path: string, part: string, onProgress?: OnProgress): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const before = sizeOf(part);
    try {
      return await fetchRest(url, part, onProgress);
    } catch (error) {
      if (error instanceof EncodergymError) throw error;
      const have = sizeOf(part);
      if (have > before && attempt < MOST_TRIES) {
        await sleep(PAUSE_MS);
        continue;
      }
      const kept = have > 0 ? ` (the ${have} bytes that came are kept, it goes on from there)` : '';
      throw new UserError(
        `Cannot download ${url}: ${reason(error)}. Check the connection and run the same command again${kept}, or ` +
          `fetch the file by other means, put it at ${path} and run the same command.`,
        { cause: error },
      );
    }
  }
}

async function fetchRest(url: string, part: string, onProgress?: OnProgress): Promise<void> {
  const have = sizeOf(part);
  // `identity`: a server that labels .gz files as compressed transport would have them unpacked on the way.
  const headers = { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) };
  const response = await fetch(url, { headers });
  // Nothing is left to send: the checksum tells whether the part is whole.
  if (response.status === 416 && have > 0) return;
  if (!response.ok || response.body === null) throw new Error(statusText(response));
  const isRest = response.status === 206 && startOfRange(response) === have;
  if (response.status === 206 && !isRest) throw new Error('the server sent another part than was asked for');
  let done = isRest ? have : 0;
  const length = Number(response.headers.get('content-length') ?? NaN);
  const total = Number.isNaN(length) ? undefined : done + length;
  const task = `Downloading ${basename(new URL(url).pathname)}`;
  const file = open(part, isRest ? 'a' : 'w');
  try {
    // Each piece is on disk before the next is asked for: when the connection breaks off, what came is kept.
    for await (const bytes of response.body as ReadableStream<Uint8Array>) {
      append(file, bytes, part);
      done += bytes.length;
      onProgress?.({ task, done, total, unit: 'bytes' });
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (total !== undefined && done !== total) throw new Error(`the connection broke off after ${done} of ${total} bytes`);
}

function open(path: string, flags: 'a' | 'w'): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}

function append(file: number, bytes: Uint8Array, path: string): void {
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}

const startOfRange = (response: Response): number =>
  Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1] ?? NaN);

const statusText = ({ status, statusText }: Response): string =>
  `the server answered ${status}${statusText && ` (${statusText})`}`;

/** `fetch` wraps what happened in "fetch failed". */
function reason(error: unknown): string {
  const cause = (error as Error).cause ?? error;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const words: Record<string, string> = {
    ENOTFOUND: 'the name of the server is not known (is this machine offline?)',
    EAI_AGAIN: 'the name of the server cannot be looked up (is this machine offline?)',
    ECONNREFUSED: 'the server refused the connection',
    ECONNRESET: 'the connection was reset',
    ENETUNREACH: 'the network cannot be reached (is this machine offline?)',
    ETIMEDOUT: 'the server does not answer',
    UND_ERR_CONNECT_TIMEOUT: 'the server does not answer',
    UND_ERR_SOCKET: 'the connection broke off',
    UND_ERR_BODY_TIMEOUT: 'the server stopped sending',
  };
  return words[code] ?? (cause as Error).message;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
