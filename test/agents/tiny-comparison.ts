/** @file Agents that have hardly learnt, as a comparison leaves them on disk. */
import { resolveAgentConfig } from '../../src/agents/index.js';
import { jobFolder } from '../../src/agents/comparison.js';
import { runJob, type JobResult } from '../../src/agents/job.js';

export const EPISODES = 3;

/** Trains an agent of each seed on every arm, all of which see the state. */
export async function tinyComparison(
  folder: string,
  arms: readonly string[],
  seeds: readonly number[],
): Promise<JobResult[]> {
  const { config } = resolveAgentConfig({
    agent: 'ppo',
    env: 'CartPole-v1',
    steps: 512,
    evaluations: 1,
    evalEpisodes: EPISODES,
    normalize: true,
  });
  const results: JobResult[] = [];
  for (const [i, name] of arms.entries()) {
    for (const seed of seeds) {
      const place = jobFolder(folder, name, seed);
      const arm = { name, kind: 'state' } as const;
      const job = { config, arm, folder: place, engine: 'auto', threads: 1 };
      // Arms would be alike otherwise.
      results.push(await runJob({ ...job, seed: seed + 100 * i }, () => undefined));
      results[results.length - 1].seed = seed;
    }
  }
  return results;
}
