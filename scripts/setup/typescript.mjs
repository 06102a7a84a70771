/** @file The step that compiles src and test to build, and removes what earlier sources left there. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './files.mjs';
import { firstLines, run, SetupError, task } from './progress.mjs';

const FOLDERS = ['src', 'test'];

/** tsc when a source changed or its output is not what tsc last wrote; `memory.typescript` is the state it left. */
export function typescriptStep(root, memory) {
  const buildInfo = join(root, 'build', 'tsconfig.tsbuildinfo');

  /** Sources without their extension: "src/cli/pretrain". */
  const sources = () =>
    FOLDERS.flatMap((folder) => filesBelow(root, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name.slice(0, -3))
      .sort();
  const hasOutput = (name) => existsSync(join(root, 'build', `${name}.js`));

  function fingerprint() {
    const hash = createHash('sha256');
    const files = ['tsconfig.json', 'package-lock.json', ...sources().map((name) => `${name}.ts`)];
    for (const name of files) hash.update(`${name}\n`).update(readFileSync(join(root, name)));
    // Whoever else runs tsc changes this file, on another branch for example.
    return hash.update(existsSync(buildInfo) ? readFileSync(buildInfo) : '').digest('hex');
  }

  const isDone = () => memory.typescript === fingerprint() && sources().every(hasOutput);

  async function perform() {
    delete memory.typescript;
    const isFirst = !existsSync(buildInfo);
    // tsc trusts its notes on what it has written, not the disk.
    if (!sources().every(hasOutput)) rmSync(buildInfo, { force: true });
    await task(`Compiling TypeScript (about ${isFirst ? 10 : 4} s)`, async () => {
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const { ok, output } = await run(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: root });
      if (!ok) throw new SetupError(`TypeScript found errors:\n${firstLines(output, 30)}`);
    });
    removeOrphans();
    memory.typescript = fingerprint();
  }

  /** Outputs whose source is gone; jest would go on running a test that was deleted. */
  function removeOrphans() {
    const known = new Set(sources());
    for (const folder of FOLDERS) {
      for (const name of filesBelow(join(root, 'build'), folder)) {
        const match = /^(.*)\.js(\.map)?$/.exec(name);
        if (match && !known.has(match[1])) rmSync(join(root, 'build', name));
      }
    }
  }
  return { isDone, perform };
}
