/**
 * @file The line between a rank and the launcher that started it: the launcher says when to stop, the rank says how it is
 * to be started again. Node's cluster brings one; below mpirun, which hands its own input to rank 0, the launcher
 * writes there, and rank 0 answers in a file.
 */
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '../../files.js';

/** From a rank to the launcher: how it is to be started again. */
export interface RestartMessage {
  restartWith: string[];
}

/** To a rank: end after this step. */
export const STOP = 'stop';

/** Names the file that rank 0 answers in, below mpirun. */
export const ANSWER_VARIABLE = 'ENCODERGYM_ANSWER';

/** A rank's end of the line. */
export interface Line {
  onStop(stop: () => void): void;
  restartWith(words: string[]): void;
  /** Without it, this process would not end. */
  close(): void;
}

/** The line of this process; undefined when no launcher of ours has started it. */
export function lineToLauncher(rank: number): Line | undefined {
  const { worker } = cluster;
  if (worker !== undefined) {
    return {
      onStop: (stop) => worker.on('message', (message: unknown) => message === STOP && stop()),
      restartWith: (words) => worker.send({ restartWith: words } satisfies RestartMessage),
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
    restartWith: (words) => {
      if (rank === 0)
        writeFileAtomic(answer, JSON.stringify({ restartWith: words } satisfies RestartMessage));
    },
    close: () => rank === 0 && process.stdin.destroy(),
  };
}

/** The launcher's side: what rank 0 has answered. */
export function readAnswer(file: string): string[] | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as RestartMessage).restartWith;
  } catch {
    return undefined; // it has not come so far
  }
}
