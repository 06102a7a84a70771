/** @file Collectives over MPI, and ranks below mpirun that are lost. Skipped where native/mpi or mpirun is not there. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasMpi, isAlive, scriptsBelow } from '../processes.js';
import { runByMpirun, startByMpirun } from '../ranks.js';

let job: ReturnType<typeof startByMpirun> | undefined;
afterEach(() => {
  job?.child.kill('SIGTERM');
});

interface Outcome {
  transport: string;
  digest: string;
  errors: Record<string, number>;
}

const LENGTHS = [0, 1, 5, 1000, 30_011, 150_001];

(hasMpi() ? describe : describe.skip)('over MPI', () => {
  test.each([
    { worldSize: 2, double: false, background: true },
    { worldSize: 3, double: true, background: false },
  ])('$worldSize ranks, float64 $double, background $background', async ({ worldSize, ...parameters }) => {
    const outcomes = await runByMpirun<Outcome>('collectives', worldSize, {
      lengths: LENGTHS,
      ...parameters,
    });
    expect(outcomes).toHaveLength(worldSize);
    const tolerance = parameters.double ? 1e-15 : 1e-6;
    for (const { transport, digest, errors } of outcomes) {
      expect([transport, digest]).toEqual([expect.stringMatching(/^(Open MPI|MPICH)/), outcomes[0].digest]);
      const { allReduce, reduceScatter, ...copies } = errors;
      expect(Math.max(allReduce, reduceScatter)).toBeLessThan(tolerance * worldSize);
      expect(copies).toEqual({ allGather: 0, broadcast: 0 });
    }
  });

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'a rank that gets %s: the job ends, and nobody stays',
    async (signal) => {
      job = startByMpirun('endless', 3, { heartbeatLimit: 1 });
      await job.running;
      const ranks = scriptsBelow(job.child.pid!, 'scenarios.js');
      expect(ranks).toHaveLength(3);
      process.kill(ranks[2], signal);
      const { code, stderr } = await job.ended;
      expect(code).not.toBe(0);
      expect(stderr).toMatch(
        signal === 'SIGSTOP'
          ? /rank \d of 3: rank 2 \(host \S+, process \d+\) is stopped or cut off: no heartbeat for 1 s/
          : /rank \d of 3: rank 2 \(host \S+, process \d+\) died/,
      );
      while (ranks.some(isAlive)) await sleep(20);
    },
  );

  test('a rank whose main thread hangs', async () => {
    const { stderr } = await (job = startByMpirun('hang', 3, { collectiveLimit: 3 })).ended;
    expect(stderr).toMatch(/In barrier .*: rank 2 \(.*\) hangs: it did not come to a collective for 3 s/);
  });

  test('a rank that ends with an error', async () => {
    const { stderr } = await (job = startByMpirun('error', 3)).ended;
    expect(stderr).toMatch(/rank 2 \(.*\) ended with an error: out of luck\./);
  });
});
