/**
 * @file A folder that the dashboard shows, and the one way to its files: nothing outside of it is opened, whatever the
 * path says and wherever links lead.
 */
import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';

export interface OpenFile {
  handle: FileHandle;
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
  /** Changes when another file takes the name. */
  inode: number;
}

/** A folder below a ServedFolder, with its plain files. */
export interface Place {
  /** Path below the served folder with slashes; '' is the folder itself. */
  path: string;
  files: string[];
}

/** Folders deeper than this are not looked into. */
const DEPTH = 5;
/** Folders that are read at the same time. */
const CONCURRENCY = 8;
/** A link at the end of a path is not followed, and a pipe is not waited for. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export class ServedFolder {
  constructor(readonly root: string) {}

  /**
   * Opens a plain file.
   * @param path below the folder, names separated by slashes
   * @returns undefined when there is no such file, or it is not in the folder; the caller closes the handle
   */
  async open(path: string): Promise<OpenFile | undefined> {
    const names = path.split('/');
    if (!names.every(isPlainName)) return undefined;
    const wanted = join(this.root, ...names);
    let handle: FileHandle | undefined;
    try {
      const [root, real] = [await realpath(this.root), await realpath(wanted)];
      if (real !== join(root, ...names)) return undefined;
      if (!(await lstat(wanted)).isFile()) return undefined;
      handle = await open(wanted, FLAGS);
      // What was opened must be what was looked at, also if somebody moved folders in between.
      const [opened, looked] = [await handle.stat(), await stat(real)];
      if (opened.isFile() && opened.ino === looked.ino && opened.dev === looked.dev) {
        return { handle, size: opened.size, modified: opened.mtimeMs, inode: opened.ino };
      }
    } catch {
      // Not there, or not ours to read: the same answer for all.
    }
    await handle?.close();
    return undefined;
  }

  /** A file's text; undefined as with `open`, and for more than `limit` bytes. */
  async read(path: string, limit = 2 ** 22): Promise<string | undefined> {
    const file = await this.open(path);
    if (file === undefined) return undefined;
    try {
      return file.size <= limit ? await file.handle.readFile('utf8') : undefined;
    } finally {
      await file.handle.close();
    }
  }

  /** A JSON object; undefined when there is none. */
  async readJson(path: string): Promise<Record<string, unknown> | undefined> {
    try {
      const value: unknown = JSON.parse((await this.read(path)) ?? '');
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isObject ? (value as Record<string, unknown>) : undefined;
    } catch {
      return undefined; // half written, or not JSON
    }
  }

  /** The folder and all below it that are no links. @param skip names of folders that are not looked into */
  async walk(skip: readonly string[] = []): Promise<Place[]> {
    const places: Place[] = [];
    let level = [''];
    for (let depth = 0; depth <= DEPTH && level.length > 0; depth++) {
      const next: string[] = [];
      for (let i = 0; i < level.length; i += CONCURRENCY) {
        const batch = level.slice(i, i + CONCURRENCY);
        const found = await Promise.all(batch.map((path) => this.list(path)));
        for (const { place, folders } of found) {
          places.push(place);
          for (const name of folders) if (!skip.includes(name)) next.push(below(place.path, name));
        }
      }
      level = next;
    }
    return places;
  }

  private async list(path: string): Promise<{ place: Place; folders: string[] }> {
    const entries = await readdir(join(this.root, path), { withFileTypes: true }).catch(() => []);
    const names = entries.filter(({ name }) => isPlainName(name));
    const files = names.filter((entry) => entry.isFile()).map(({ name }) => name);
    const folders = names.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return { place: { path, files }, folders };
  }
}

/** A name in a folder of the dashboard: no way up, nothing hidden, no separator. */
export function isPlainName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[\\/\0]/.test(name) && !name.includes(sep);
}

export const below = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
