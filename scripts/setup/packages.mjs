/** @file The step that installs what package-lock.json names. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstLines, run, SetupError, task } from './progress.mjs';

/** `npm ci` when node_modules is missing or was made from another package-lock.json. */
export function packagesStep(root) {
  const modules = join(root, 'node_modules');
  const stamp = join(modules, '.encodergym-setup'); // goes when node_modules goes
  const lockFile = join(root, 'package-lock.json');
  const wanted = createHash('sha256')
    .update(`${process.platform} ${process.arch} `)
    .update(readFileSync(lockFile))
    .digest('hex');

  function isDone() {
    if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === wanted;
    // No stamp: the user may have run npm, which writes this file when all is installed.
    const installed = statSync(join(modules, '.package-lock.json'), { throwIfNoEntry: false });
    return installed !== undefined && installed.mtimeMs >= statSync(lockFile).mtimeMs;
  }

  async function perform() {
    await task('Installing npm packages (about 30 s)', async () => {
      const npm = process.env.npm_execpath ?? '';
      const [command, first] = npm.endsWith('npm-cli.js') ? [process.execPath, [npm]] : ['npm', []];
      const args = [...first, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
      const { ok, output } = await run(command, [...args, '--loglevel=error'], { cwd: root });
      if (ok) return;
      throw new SetupError(
        `npm could not install the packages:\n${firstLines(output, 10)}\n` +
          'Check the network and `npm config get registry`, then run the same command again.',
      );
    });
    writeFileSync(stamp, wanted);
  }
  return { isDone, perform };
}
