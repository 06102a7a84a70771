/** @file Archives to folders: all of an archive under its final name, or nothing. */
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, cpSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { createGunzip } from 'node:zlib';
import { CorruptFileError, EncodergymError } from '../errors.js';
import { fileError } from '../files.js';
import { tarEntries } from './tar.js';
import { zipEntries } from './zip.js';

/** A file of an archive. */
export interface ArchiveEntry {
  name: string;
  bytes: Uint8Array;
}

/**
 * Unpacks an archive whose entries are all in one folder, which becomes `folder`.
 * @throws CorruptFileError when the archive is damaged or names files outside of its folder; UserError
 */
export async function unpack(archive: string, format: 'tar.gz' | 'zip', folder: string): Promise<void> {
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    for await (const { name, bytes } of entriesOf(archive, format)) {
      const path = resolve(temporary, withoutTopFolder(name));
      if (!path.startsWith(resolve(temporary) + sep)) {
        throw new CorruptFileError(`${archive} has the entry "${name}", which is outside of its folder.`);
      }
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    // A folder that is there already lacks some of the files.
    if (existsSync(folder)) cpSync(temporary, folder, { recursive: true });
    else renameSync(temporary, folder);
  } catch (error) {
    if (error instanceof EncodergymError) throw error;
    if (/^(Z_|ERR_(PADDING|BUFFER))/.test((error as NodeJS.ErrnoException).code ?? '')) {
      throw new CorruptFileError(`${archive} is damaged: ${(error as Error).message}. Delete it and download again.`, {
        cause: error,
      });
    }
    throw fileError(error, 'write', folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function entriesOf(archive: string, format: 'tar.gz' | 'zip'): AsyncIterable<ArchiveEntry> | Iterable<ArchiveEntry> {
  if (format === 'zip') return zipEntries(archive);
  const gunzip = createGunzip();
  const file = createReadStream(archive).on('error', (error) => gunzip.destroy(error));
  return tarEntries(file.pipe(gunzip), archive);
}

const withoutTopFolder = (name: string): string => join(...name.split('/').filter((part) => part !== '.').slice(1));
