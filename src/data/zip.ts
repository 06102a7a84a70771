/** @file The part of the zip format that data sets use: stored or deflated entries, listed at the end of the file. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { CorruptFileError } from '../errors.js';
import { crc32 } from '../crc32.js';
import type { ArchiveEntry } from './unpack.js';

const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1');
const ENTRY_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

/**
 * The files of a zip archive.
 * @throws CorruptFileError
 */
export function* zipEntries(archive: string): Generator<ArchiveEntry> {
  const file = openSync(archive, 'r');
  const damaged = (what: string) =>
    new CorruptFileError(`${archive} is damaged: ${what}. Delete it and download again.`);
  const read = (at: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    if (readSync(file, bytes, 0, length, at) !== length) throw damaged('it ends too early');
    return bytes;
  };
  try {
    const { size } = fstatSync(file);
    const tailBytes = Math.min(size, END_BYTES + LONGEST_COMMENT);
    const tail = read(size - tailBytes, tailBytes);
    const end = tail.lastIndexOf(END_SIGNATURE);
    if (end < 0 || end + END_BYTES > tail.length) throw damaged('its list of files is missing');
    const directory = read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    for (let at = 0; at + ENTRY_BYTES <= directory.length; ) {
      if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE) throw damaged('its list of files is not readable');
      const nameBytes = directory.readUInt16LE(at + 28);
      const name = directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
      const method = directory.readUInt16LE(at + 10);
      if (method !== STORED && method !== DEFLATED) throw damaged(`"${name}" is packed by method ${method}, not 8`);
      if (!name.endsWith('/')) {
        const start = directory.readUInt32LE(at + 42);
        const local = read(start, LOCAL_BYTES);
        const data = start + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
        const packed = read(data, directory.readUInt32LE(at + 20));
        const bytes = method === DEFLATED ? inflateRawSync(packed) : packed;
        if (crc32(bytes) !== directory.readUInt32LE(at + 16)) throw damaged(`"${name}" does not have its checksum`);
        yield { name, bytes };
      }
      at += ENTRY_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
  } finally {
    closeSync(file);
  }
}
