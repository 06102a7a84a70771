/** @file Files that are whole or not there: written under a temporary name, synced, then renamed. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from './errors.js';

/** The project's folder (build/src is two levels below it). */
export const PROJECT_ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The version of an installed package, or of the project itself for '.'; undefined when it is not there. */
export function packageVersion(name: string): string | undefined {
  const folder = name === '.' ? PROJECT_ROOT : join(PROJECT_ROOT, 'node_modules', name);
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/**
 * Writes `chunks` to `path` so that a reader, or a run resumed after a crash, sees the old file or the new one,
 * never half of it.
 * @throws UserError when the disk is full or the folder cannot be written.
 */
export function writeFileAtomic(path: string, chunks: string | Uint8Array | readonly Uint8Array[]): void {
  const parts =
    typeof chunks === 'string'
      ? [new TextEncoder().encode(chunks)]
      : chunks instanceof Uint8Array || ArrayBuffer.isView(chunks)
        ? [chunks as Uint8Array]
        : chunks;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, 'w');
    try {
      for (const part of parts) {
        for (let written = 0; written < part.byteLength;) written += writeSync(file, part, written);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileError(error, 'write', path);
  }
}

/** A `UserError` that says in words what the operating system refused (no space, no permission, ...). */
export function fileError(error: unknown, verb: 'read' | 'write', path: string): Error {
  const code = (error as NodeJS.ErrnoException).code;
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full: free some space and run the same command again',
    EACCES: 'no permission: choose another folder or change its owner',
    EPERM: 'no permission: choose another folder or change its owner',
    EROFS: 'the file system is read-only: choose another folder',
    ENOENT: 'there is no such file or folder',
    EEXIST: 'a file of that name is in the way: choose another folder',
    ENOTDIR: 'a part of the path is a file, not a folder',
    EISDIR: 'it is a folder, not a file',
    EMFILE: 'too many open files: raise `ulimit -n`',
  };
  if (code === undefined || !(code in reasons))
    return error instanceof Error ? error : new Error(String(error));
  return new UserError(`Cannot ${verb} ${path}: ${reasons[code]}.`, { cause: error });
}
