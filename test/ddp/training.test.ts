/** @file A step on several ranks is the step of one process on the joined batch. */
import { expect, test } from '@jest/globals';
import { runJob } from './ranks.js';

interface Outcome {
  losses: number[];
  leaked: number;
  digest: string;
  variables: Record<string, number[]>;
}

const train = (worldSize: number, parameters: object) =>
  runJob<Outcome>('training', worldSize, { script: 'training.js', ...parameters });

const norm = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** The largest distance of a variable from the other's, relative to the larger of its norm and 1. */
function largestDistance(found: Outcome, expected: Outcome): { name: string; distance: number } {
  const distances = Object.entries(expected.variables).map(([name, values]) => ({
    name,
    distance: norm(values.map((value, i) => value - found.variables[name][i])) / Math.max(1, norm(values)),
  }));
  return distances.reduce((worst, one) => (one.distance <= worst.distance ? worst : one));
}

test.each(
  [
    {
      worldSize: 2,
      steps: 1,
      lr: 1,
      tolerance: 1e-5,
      engine: 'onednn',
      socketsOnly: false,
      supervised: true,
    },
    {
      worldSize: 4,
      steps: 20,
      lr: 1e-3,
      tolerance: 1e-4,
      engine: 'onednn',
      socketsOnly: false,
      supervised: true,
    },
    { worldSize: 2, steps: 1, lr: 1, tolerance: 1e-5, engine: 'onednn', socketsOnly: false },
    { worldSize: 2, steps: 1, lr: 1, tolerance: 1e-5, engine: 'cpu', socketsOnly: false },
    { worldSize: 4, steps: 20, lr: 1e-3, tolerance: 1e-4, engine: 'onednn', socketsOnly: true },
    // So many ranks that each adds its part to the covariances, see vicregWork.
    {
      worldSize: 8,
      steps: 1,
      lr: 1,
      tolerance: 1e-5,
      engine: 'onednn',
      socketsOnly: false,
      mlp: '300-300-3',
    },
  ].map((one) => ({ supervised: false, mlp: '300-300-12', ...one })),
)(
  '$worldSize ranks, $steps steps, $engine, sockets $socketsOnly, with labels $supervised, $mlp',
  async ({ worldSize, tolerance, ...parameters }) => {
    const [alone] = await train(1, parameters);
    const ranks = await train(worldSize, parameters);
    for (const rank of ranks) {
      expect({ digest: rank.digest, leaked: rank.leaked }).toEqual({ digest: ranks[0].digest, leaked: 0 });
      rank.losses.forEach((loss, i) => {
        expect(Math.abs(loss - alone.losses[i])).toBeLessThan(tolerance * Math.abs(alone.losses[i]));
      });
    }
    expect(largestDistance(ranks[0], alone).distance).toBeLessThan(tolerance);
  },
);

test('each rank normalising by itself is another network, but one', async () => {
  const parameters = { steps: 2, lr: 1e-2, engine: 'onednn' };
  const [synchronised] = await train(2, parameters);
  const [first, second] = await train(2, { ...parameters, syncBn: false });
  expect(first.losses[0]).not.toBeCloseTo(synchronised.losses[0], 4);
  for (const [name, values] of Object.entries(first.variables)) {
    const running = /running_(mean|var)$/.test(name);
    expect([name, String(values) === String(second.variables[name])]).toEqual([name, !running]);
  }
});
