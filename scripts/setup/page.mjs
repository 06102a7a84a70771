/** @file The step that builds the dashboard's page from page/ to build/page. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './files.mjs';
import { firstLines, run, SetupError, task } from './progress.mjs';

/** vite when a source changed or the page is not there; `memory.page` is the state it left. */
export function pageStep(root, memory) {
  const pageFiles = () => filesBelow(root, 'page').sort();

  function fingerprint() {
    const hash = createHash('sha256');
    const files = ['package-lock.json', ...pageFiles()];
    for (const name of files) hash.update(`${name}\n`).update(readFileSync(join(root, name)));
    return hash.digest('hex');
  }

  const isDone = () =>
    pageFiles().length === 0 ||
    (memory.page === fingerprint() && existsSync(join(root, 'build', 'page', 'index.html')));

  async function perform() {
    delete memory.page;
    await task("Building the dashboard's page (about 2 s)", async () => {
      const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
      const args = [vite, 'build', '-c', 'page/vite.config.mjs', 'page'];
      const { ok, output } = await run(process.execPath, args, { cwd: root });
      if (!ok) throw new SetupError(`The dashboard's page could not be built:\n${firstLines(output, 30)}`);
    });
    memory.page = fingerprint();
  }
  return { isDone, perform };
}
