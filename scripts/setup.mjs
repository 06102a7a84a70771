/**
 * @file Makes a fresh clone ready to run: npm packages, the native engine, the TypeScript build, the
 * dashboard's page. Called before every
 * command by npm's pre-hooks, so it needs nothing but Node and npm, and when nothing is missing it is silent and quick.
 *
 *   node scripts/setup.mjs                    what is missing or out of date
 *   node scripts/setup.mjs --retry            also what failed before (npm run setup)
 *   node scripts/setup.mjs --packages-only    npm packages, nothing else (lint, type check)
 *
 * ENCODERGYM_SKIP_SETUP=1 skips it all; ENCODERGYM_SKIP_APT=1 leaves the system's packages alone.
 * Exit code 1: the npm packages or the TypeScript build failed. Without the native engine it says so and ends with 0.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './setup/lock.mjs';
import { nativeSteps } from './setup/native.mjs';
import { packagesStep } from './setup/packages.mjs';
import { pageStep } from './setup/page.mjs';
import { say, SetupError } from './setup/progress.mjs';
import { typescriptStep } from './setup/typescript.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const build = join(root, 'build');
const memoryFile = join(build, 'setup.json');
const OLDEST_NODE = 20;

async function setUp({ packagesOnly, retry }) {
  const planSteps = (memory) => {
    const packages = packagesStep(root);
    if (packagesOnly) return [packages];
    return [packages, ...nativeSteps(memory), typescriptStep(root, memory), pageStep(root, memory)];
  };
  let steps = planSteps(readMemory(retry));
  if (!(await allDone(steps))) {
    mkdirSync(build, { recursive: true });
    const onWait = (pid) => say(`Another set-up is at work in this folder (process ${pid}): waiting for it.`);
    await withLock(join(build, 'setup.lock'), { onWait }, async () => {
      const memory = readMemory(retry); // whoever held the lock before may have changed it
      steps = planSteps(memory);
      try {
        for (const step of steps) if (!(await step.isDone())) await step.perform();
      } finally {
        writeFileSync(memoryFile, JSON.stringify(memory));
      }
    });
  }
  for (const { remark } of steps) if (remark?.()) say(remark());
}

async function allDone(steps) {
  return (await Promise.all(steps.map((step) => step.isDone()))).every(Boolean);
}

/** What the last set-up left for this one, see the steps; without its failures if they are to be retried. */
function readMemory(retry) {
  try {
    const { failedBuilds, failedPackages, ...rest } = JSON.parse(readFileSync(memoryFile, 'utf8'));
    return retry ? rest : { failedBuilds, failedPackages, ...rest };
  } catch {
    return {}; // the first time; losing it costs time only
  }
}

try {
  if (process.env.ENCODERGYM_SKIP_SETUP !== '1') {
    if (Number.parseInt(process.versions.node) < OLDEST_NODE) {
      throw new SetupError(`Node.js ${OLDEST_NODE} or later is needed; this is ${process.versions.node}.`);
    }
    const flags = process.argv.slice(2);
    await setUp({ packagesOnly: flags.includes('--packages-only'), retry: flags.includes('--retry') });
  }
} catch (error) {
  if (error instanceof SetupError) say(error.message);
  else if (['EACCES', 'EROFS', 'EPERM', 'ENOSPC'].includes(error.code))
    say(
      `The set-up cannot write ${error.path ?? root} (${error.code}): give this user the right, or make room.`,
    );
  else throw error;
  process.exitCode = 1;
}
