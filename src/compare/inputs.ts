/** @file What a stage reads, by its content, so that a changed input makes a new run. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** SHA-256, as hexadecimal digits. */
export const hash = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/**
 * Hashes of what an option's value names: a file, those of a list joined by commas (`PATH` or `NAME=PATH`), or a folder
 * of images, which counts by the names and sizes of its files.
 */
export const inputHashes = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.replace(/^[^=/]*=/, ''))
    .filter((path) => existsSync(path))
    .map((path) => hash(statSync(path).isFile() ? readFileSync(path) : listing(path)));

function listing(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return JSON.stringify(
    files
      .map((name) => [name, statSync(join(folder, name), { throwIfNoEntry: false })] as const)
      .filter(([, stat]) => stat?.isFile())
      .map(([name, stat]) => [name, stat?.size]),
  );
}
