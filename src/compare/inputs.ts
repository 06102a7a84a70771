/** @file What a stage reads, by its content, so that a changed input makes a new run. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** SHA-256, as hexadecimal digits. */
export const hash = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/**
 * Hashes of the files that options name, by themselves or in a list joined by commas (`PATH` or `NAME=PATH`), and of an
 * image folder's names and sizes of files. Other folders are where things are put, not inputs.
 * @param options values by flags without dashes
 */
export const inputHashes = (options: Readonly<Record<string, string>>): string[] =>
  Object.entries(options).flatMap(([flag, value]) => {
    const parts = value.split(',').map((part) => part.replace(/^[^=/]*=/, ''));
    return [...new Set([value, ...parts])].flatMap((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isFile()) return [hash(readFileSync(path))];
      return stat?.isDirectory() && flag === 'dataset' ? [hash(listing(path))] : [];
    });
  });

function listing(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return JSON.stringify(
    files
      .map((name) => [name, statSync(join(folder, name), { throwIfNoEntry: false })] as const)
      .filter(([, stat]) => stat?.isFile())
      .map(([name, stat]) => [name, stat?.size]),
  );
}
