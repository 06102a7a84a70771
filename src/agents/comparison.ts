/**
 * @file Arms x seeds as independent jobs on a Piscina pool. A job's result does not depend on the pool's size; one that
 * fails is reported and the others go on; what has ended is kept and not done again.
 */
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Arm } from './arms.js';
import { finishedJob, type Job, type JobResult } from './job.js';
import type { JobMessage, JobOutcome } from './job-worker.js';

/** A job that failed. */
export interface JobFailure {
  arm: string;
  seed: number;
  error: string;
}

export interface Comparison {
  /** In the order of the arms, then of the seeds. */
  results: JobResult[];
  failures: JobFailure[];
  /** Stopped before all jobs had ended. */
  interrupted: boolean;
}

export interface ComparisonPlan {
  arms: readonly Arm[];
  seeds: readonly number[];
  /** Of all jobs. */
  folder: string;
  settings: Pick<Job, 'config' | 'engine'>;
  /** Jobs at a time. */
  workers: number;
  /** Ends the jobs that run; their last checkpoints stay. */
  signal: AbortSignal;
  /** Steps of all jobs together. */
  onProgress?: (steps: number, total: number) => void;
  onEnd?: (outcome: JobResult | JobFailure) => void;
}

/** The folder of a job within that of its comparison. */
export const jobFolder = (folder: string, arm: string, seed: number) => join(folder, arm, `seed-${seed}`);

/** Runs all jobs that have not ended yet. */
export async function runComparison(plan: ComparisonPlan): Promise<Comparison> {
  const { arms, seeds, folder, settings, workers, signal } = plan;
  const jobs = arms.flatMap((arm) =>
    seeds.map((seed): Job => {
      const place = jobFolder(folder, arm.name, seed);
      return { ...settings, arm, seed, folder: place, threads: 1 };
    }),
  );
  const total = jobs.length * settings.config.steps;
  const steps = new Map<Job, number>();
  const tell = (job: Job, step: number) => {
    steps.set(job, step);
    plan.onProgress?.(
      [...steps.values()].reduce((sum, value) => sum + value, 0),
      total,
    );
  };
  const pool = new Piscina<object, JobOutcome>({
    filename: new URL('job-worker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: Math.min(workers, jobs.length),
  });

  const run = async (job: Job): Promise<JobResult | JobFailure | undefined> => {
    const { arm, seed } = job;
    const before = finishedJob(job.folder);
    if (before !== undefined) {
      tell(job, settings.config.steps);
      return before;
    }
    const { port1, port2 } = new MessageChannel();
    port1.on('message', ({ step }: JobMessage) => tell(job, step));
    const outcome = await pool
      .run({ job, port: port2 }, { transferList: [port2], signal })
      .catch((error: Error): JobOutcome => ({ error: error.message }))
      .finally(() => port1.close());
    // It may have ended just before, its message still on the way.
    if (signal.aborted) return finishedJob(job.folder);
    tell(job, settings.config.steps);
    const ended = 'result' in outcome ? outcome.result : { arm: arm.name, seed, error: outcome.error };
    plan.onEnd?.(ended);
    return ended;
  };

  try {
    const outcomes = (await Promise.all(jobs.map(run))).filter((outcome) => outcome !== undefined);
    return {
      results: outcomes.filter((outcome): outcome is JobResult => 'evaluations' in outcome),
      failures: outcomes.filter((outcome): outcome is JobFailure => 'error' in outcome),
      interrupted: outcomes.length < jobs.length,
    };
  } finally {
    await pool.destroy();
  }
}
