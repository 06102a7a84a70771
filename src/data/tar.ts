/** @file The part of the tar format that data sets use: ustar headers of 512 bytes, each followed by a file. */
import { CorruptFileError } from '../errors.js';
import type { ArchiveEntry } from './unpack.js';

const BLOCK = 512;

/**
 * The regular files of a tar stream, in order; folders and links are left out.
 * @param archive its path, for messages
 * @throws CorruptFileError
 */
export async function* tarEntries(
  stream: AsyncIterable<Uint8Array>,
  archive: string,
): AsyncGenerator<ArchiveEntry> {
  const take = reader(stream, archive);
  for (;;) {
    const header = await take(BLOCK);
    if (header.every((byte) => byte === 0)) return;
    if (octal(header, 148, 8) !== checksum(header)) {
      throw new CorruptFileError(`${archive} is damaged: a header does not have its checksum. Download it again.`);
    }
    const size = octal(header, 124, 12);
    const bytes = (await take(Math.ceil(size / BLOCK) * BLOCK)).subarray(0, size);
    const type = text(header, 156, 1);
    const prefix = text(header, 345, 155);
    if (type === '' || type === '0') yield { name: (prefix && `${prefix}/`) + text(header, 0, 100), bytes };
  }
}

/** Gives the next `count` bytes of a stream. */
function reader(stream: AsyncIterable<Uint8Array>, archive: string): (count: number) => Promise<Buffer> {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  return async (count) => {
    const parts = [rest];
    let have = rest.length;
    while (have < count) {
      const next = await chunks.next();
      if (next.done === true) {
        throw new CorruptFileError(`${archive} is damaged: it ends too early. Delete it and download again.`);
      }
      const { value } = next;
      parts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      have += value.length;
    }
    const all = parts.length === 1 ? rest : Buffer.concat(parts);
    rest = all.subarray(count);
    return all.subarray(0, count);
  };
}

function text(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

const octal = (header: Buffer, at: number, length: number): number => parseInt(text(header, at, length).trim() || '0', 8);

/** The sum of a header's bytes, with its own field as spaces. */
const checksum = (header: Buffer): number =>
  header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
