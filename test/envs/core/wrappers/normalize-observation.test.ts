/** @file Observations of mean 0 and variance 1; expected values are numpy's in float32 by Gymnasium's update rule. */
import { expect, test } from '@jest/globals';
import { Box, Discrete, NormalizeObservation } from '../../../../src/envs/core/index.js';
import { Scripted } from '../scripted.js';
import { Walk } from '../walk.js';

const rows = [
  [0.1, -3],
  [0.4, 7],
  [0.45, 1e3],
  [-2, 5],
].map((row) => Float32Array.from(row));
const make = () =>
  new NormalizeObservation(
    new Scripted({
      observationSpace: new Box({ low: -1e4, high: 1e4, shape: [2] }),
      actionSpace: new Discrete(1),
      observations: rows,
    }),
  );

test('statistics include the observation that is shown', () => {
  const env = make();
  expect(String(env.observationSpace)).toBe('Box(-inf, inf, (2,), float32)');
  const seen = [env.reset().observation, ...[1, 2, 3].map(() => env.step(0).observation)];
  expect(seen.map((observation) => [...observation])).toEqual([
    [0.000994906760752201, -0.009485491551458836],
    [0.9989294409751892, 1.00003981590271],
    [0.8620830774307251, 1.4141956567764282],
    [-1.716840147972107, -0.5726861953735352],
  ]);
});

test('frozen for evaluation, with the statistics of training', () => {
  const [training, evaluation] = [make(), make()];
  training.reset();
  training.step(0);
  evaluation.updateRunningMean = false;
  evaluation.statistics.state = training.statistics.state;
  const first = evaluation.reset().observation;
  evaluation.step(0);
  expect(evaluation.reset().observation).toEqual(first);
  expect(evaluation.statistics.state).toEqual(training.statistics.state);
});

test('only boxes can be normalised', () => {
  const one = new Discrete(1);
  const inner = new Scripted({ observationSpace: one, actionSpace: one, observations: [0] });
  expect(() => new NormalizeObservation(inner as never)).toThrow(/expects a Box, found Discrete\(1\)/);
  expect(new NormalizeObservation(new Walk()).observationSpace.shape).toEqual([1]);
});
