/** @file One command runs another: as a process of its own, on the same terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.js';

/**
 * What `npm run SCRIPT -- FLAGS` does.
 * @throws UserError when it does not end well; it has said why.
 */
export async function runScript(script: string, ...flags: string[]): Promise<void> {
  console.log(`npm run ${script} -- ${flags.join(' ')}`);
  const file = fileURLToPath(new URL(`${script.replace(':', '-')}.js`, import.meta.url));
  const child = spawn(process.execPath, [file, ...flags], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new UserError(`npm run ${script} did not end well: see what it said above.`);
}
