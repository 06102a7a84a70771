/** @file The thread that runs a job of `comparison.ts`. */
import type { MessagePort } from 'node:worker_threads';
import { runJob, type Job, type JobResult } from './job.js';

/** What a worker posts while it trains. */
export interface JobMessage {
  step: number;
  recent?: number;
}

/** What became of a job: errors cross threads as their messages. */
export type JobOutcome = { result: JobResult } | { error: string };

export default async function work({ job, port }: { job: Job; port: MessagePort }): Promise<JobOutcome> {
  try {
    const tell = (step: number, recent?: number) => port.postMessage({ step, recent } satisfies JobMessage);
    return { result: await runJob(job, tell) };
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    return { error: message };
  } finally {
    port.close();
  }
}
