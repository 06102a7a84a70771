/** @file The collectives among real processes, by every transport, against their definitions. */
import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SoloCommunicator } from '../../src/ddp/index.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { freeAddress, runJob } from './ranks.js';

const hasMemory = existsSync(join(PROJECT_ROOT, 'build', 'host.node'));

interface Outcome {
  transport: string;
  digest: string;
  errors: Record<string, number>;
}

/** From nothing to several chunks round the ring; 30,011 and 150,001 leave uneven parts. */
const LENGTHS = [0, 1, 5, 1000, 30_011, 150_001];

describe.each(
  [
    { transport: 'Unix sockets', socketsOnly: true },
    { transport: 'TCP', socketsOnly: true, distinctHosts: true },
    ...(hasMemory ? [{ transport: 'memory of one host', socketsOnly: false }] : []),
  ].map((one) => ({ distinctHosts: false, ...one })),
)('$transport', ({ transport, socketsOnly, distinctHosts }) => {
  test.each([
    { worldSize: 2, double: false, background: true },
    { worldSize: 3, double: true, background: false },
    { worldSize: 4, double: false, background: false },
  ])('$worldSize ranks, float64 $double, background $background', async ({ worldSize, ...parameters }) => {
    const outcomes = await runJob<Outcome>('collectives', worldSize, {
      lengths: LENGTHS,
      socketsOnly,
      ...(distinctHosts && { distinctHosts, rendezvous: await freeAddress() }),
      ...parameters,
    });
    const tolerance = parameters.double ? 1e-15 : 1e-6;
    for (const outcome of outcomes) {
      expect(outcome).toEqual({ transport, digest: outcomes[0].digest, errors: expect.anything() });
      const { allReduce, reduceScatter, ...copies } = outcome.errors;
      expect(Math.max(allReduce, reduceScatter)).toBeLessThan(tolerance * worldSize);
      expect(copies).toEqual({ allGather: 0, broadcast: 0 });
    }
  });
});

test('one rank alone', () => {
  const solo = new SoloCommunicator();
  const [values, out] = [Float32Array.of(1, 2), new Float32Array(2)];
  solo.allReduce(values);
  solo.background.allGather(values, out).wait();
  expect(out).toEqual(values);
  expect(() => solo.allGather(values, new Float32Array(3))).toThrow(
    'expected 1 parts of 2 float32, got 3 float32',
  );
  expect(() => solo.broadcast(values, 1)).toThrow('expected a root from 0 to 0, got 1');
});
