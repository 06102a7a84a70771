/** @file Agents on disk, by the folder of a comparison, of an arm in it, or of one agent. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { AGENT_FILE, finishedJob, type JobResult } from './job.js';

/** The mean return of the last evaluation. */
export function finalReturn({ evaluations }: Pick<JobResult, 'evaluations'>): number {
  const { episodes } = evaluations[evaluations.length - 1];
  return episodes.reduce((sum, episode) => sum + episode.return / episodes.length, 0);
}

/**
 * The file of the agent that a path means: itself, or of all in the folder the one with the highest final return.
 * @throws UserError when there is none.
 */
export function findAgent(path: string): string {
  if (!existsSync(path)) throw new UserError(`--agent "${path}": there is no such file or folder.`);
  if (!statSync(path).isDirectory()) return path;
  const found = agentsBelow(path).map((file) => {
    const result = finishedJob(dirname(file));
    return { file, reached: result === undefined ? -Infinity : finalReturn(result) };
  });
  if (found.length === 0) {
    throw new UserError(
      `--agent "${path}": there is no trained agent in it. Expected the folder of a comparison that has ended, such ` +
        'as runs/CartPole-v1-ppo; npm run eval:rl makes one.',
    );
  }
  return found.reduce((best, one) => (one.reached > best.reached ? one : best)).file;
}

/** Files of agents in a folder and the folders in it, in the order of their names. */
function agentsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith(AGENT_FILE));
}
