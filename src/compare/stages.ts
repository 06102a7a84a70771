/** @file Runs the stages of a comparison one after another, each as a process of its own. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EncodergymError, UserError } from '../errors.js';
import { duration } from '../progress.js';
import { addCost } from '../runs/index.js';
import { EnergyMeter } from './energy.js';
import { resumeArgs, stateOf, type PlannedStage } from './plan.js';
import { STAGE_COMMANDS } from './preset.js';

/** A stage as one would type it. */
export const typedStage = ({ command, args }: PlannedStage): string =>
  `npm run ${command} -- ${args.join(' ')}`;

/**
 * Does what has not been done; a stage prints what its command prints.
 * @returns whether all have ended; false when the signal stopped one, which has left a checkpoint
 * @throws UserError or EncodergymError when a stage fails; those before it are kept.
 */
export async function runStages(
  stages: readonly PlannedStage[],
  expDir: string,
  signal: AbortSignal,
): Promise<boolean> {
  for (const [i, stage] of stages.entries()) {
    const heading = `[${i + 1}/${stages.length}] ${stage.name}`;
    const state = stateOf(stage, expDir);
    if (state === 'finished') {
      console.log(`${heading}: there already, ${stage.folder}`);
      continue;
    }
    if (signal.aborted) return false;
    const args = state === 'stopped' ? resumeArgs(stage) : stage.args;
    console.log(`\n${heading}: ${typedStage({ ...stage, args })}`);
    const [begun, meter] = [Date.now(), new EnergyMeter()];
    const { code, ended } = await runStage(stage, args, signal);
    const seconds = (Date.now() - begun) / 1000;
    const joules = meter.stop();
    if (existsSync(stage.folder)) addCost(stage.folder, { seconds, joules });
    if (signal.aborted) {
      if (stateOf(stage, expDir) !== 'finished') return false;
      // It was stopped as it ended, whatever its exit code says.
    } else if (code !== 0) {
      const message =
        `The stage "${stage.name}" failed (${ended}): see above. What was done before is kept; mend it and give the ` +
        'same command again.';
      throw code === 2 ? new UserError(message) : new EncodergymError(message);
    }
    console.log(`${heading}: ${duration(seconds)}`);
  }
  return true;
}

interface Ending {
  code: number | null;
  /** In words. */
  ended: string;
}

async function runStage(stage: PlannedStage, args: string[], signal: AbortSignal): Promise<Ending> {
  const script = fileURLToPath(new URL(`../cli/${STAGE_COMMANDS[stage.command]}.js`, import.meta.url));
  // A process group of its own: Ctrl-C would reach it twice, from the terminal and from here, and twice means at once.
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const stop = () => child.kill('SIGINT');
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  process.on('exit', kill);
  try {
    return await new Promise<Ending>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, killer) => resolve({ code, ended: killer ?? `exit code ${code}` }));
    });
  } finally {
    signal.removeEventListener('abort', stop);
    process.off('exit', kill);
  }
}
