/**
 * @file The line between a rank and the launcher that started it: the launcher says when to stop, the rank says how it is
 * to be started again. Node's cluster brings one; below mpirun, which hands its own input to rank 0, the launcher
 * writes there, and rank 0 answers in a file.
 */
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '../../files.js';

/** How a command that has failed is started again. */
export interface Restart {
  readonly words: string[];
  /** The file that must be there for it; until then it is started as at first. */
  readonly once: string;
}

/** From a rank to the launcher. */
export interface RestartMessage {
  readonly restart: Restart;
}

/** To a rank: end after this step. */
export const STOP = 'stop';

/** Names the file that rank 0 answers in, below mpirun. */
export const ANSWER_VARIABLE = 'ENCODERGYM_ANSWER';

/** A rank's end of the line. */
export interface Line {
  onStop(stop: () => void): void;
  /** Resolves when the launcher will know, even if this process dies. */
  restartWith(restart: Restart): Promise<void>;
  /** Without it, this process would not end. */
  close(): void;
}

/** The line of this process; undefined when no launcher of ours has started it. */
export function lineToLauncher(rank: number): Line | undefined {
  const { worker } = cluster;
  if (worker !== undefined) {
    return {
      onStop: (stop) => worker.on('message', (message: unknown) => message === STOP && stop()),
      restartWith: (restart) =>
        new Promise((resolve, reject) =>
          worker.send({ restart } satisfies RestartMessage, (error: Error | null) =>
            error === null ? resolve() : reject(error),
          ),
        ),
      close: () => worker.disconnect(),
    };
  }
  const answer = process.env[ANSWER_VARIABLE];
  return answer === undefined ? undefined : lineThroughMpirun(answer, rank);
}

function lineThroughMpirun(answer: string, rank: number): Line {
  return {
    onStop: (stop) => {
      if (rank > 0) return; // all ranks stop when one is asked to
      process.stdin
        .setEncoding('utf8')
        .on('data', (text: string) => text.includes(STOP) && stop())
        .on('end', () => process.exit(1)); // the launcher has died
    },
    restartWith: (restart) => {
      if (rank === 0) writeFileAtomic(answer, JSON.stringify({ restart } satisfies RestartMessage));
      return Promise.resolve();
    },
    close: () => rank === 0 && process.stdin.destroy(),
  };
}

/** The launcher's side: what rank 0 has answered. */
export function readAnswer(file: string): Restart | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as RestartMessage).restart;
  } catch {
    return undefined; // it has not come so far
  }
}
