/** @file The sources that set-up looks at. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of all files in `root`/`folder`, relative to `root`, with forward slashes. */
export function filesBelow(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}
