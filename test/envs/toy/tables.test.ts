/** @file Transition tables: rows sum to 1, and steps do what they say. */
import { describe, expect, test } from '@jest/globals';
import { findEnv } from '../../../src/envs/index.js';
import type { TableEnv } from '../../../src/envs/toy/table-env.js';

const CASES: [string, Record<string, unknown>][] = [
  ['FrozenLake-v1', {}],
  ['FrozenLake-v1', { isSlippery: false }],
  ['FrozenLake-v1', { successRate: 0.7, rewardSchedule: [10, -5, -0.1] }],
  ['FrozenLake8x8-v1', {}],
  ['Taxi-v4', {}],
  ['Taxi-v4', { isRainy: true }],
  ['Taxi-v4', { isRainy: true, rainyProbability: 0.5 }],
  ['CliffWalking-v1', {}],
  ['CliffWalkingSlippery-v1', {}],
];

const create = (id: string, options: Record<string, unknown>): TableEnv => {
  const { spec, create: factory } = findEnv(id);
  return factory({ ...spec.options, ...options }) as TableEnv;
};

describe.each(CASES)('%s %j', (id, options) => {
  const env = create(id, options);
  const { transitions, starts, observationSpace, actionSpace } = env;

  test('a row for each state and action, of probabilities that sum to 1', () => {
    expect(transitions).toHaveLength(observationSpace.n);
    const rows = transitions.flat();
    expect(rows).toHaveLength(observationSpace.n * actionSpace.n);
    const sums = [...rows, starts].map((row) => row.reduce((sum, { probability }) => sum + probability, 0));
    expect(Math.max(...sums.map((sum) => Math.abs(sum - 1)))).toBeLessThan(1e-12);
    const wrong = [...rows.flat(), ...starts].filter(
      ({ probability, state }) => !(probability >= 0) || !observationSpace.contains(state),
    );
    expect(wrong).toEqual([]);
  });

  test('steps are drawn from the table, as often as it says', () => {
    let state = env.reset({ seed: 7 }).observation;
    actionSpace.seed(7);
    let expected = 0;
    let variance = 0;
    let happened = 0;
    let strange = 0;
    for (let i = 0; i < 3000; i++) {
      const action = actionSpace.sample();
      const row = transitions[state][action];
      const { observation, reward, terminated, info } = env.step(action);
      const found = row.findIndex(
        (outcome) =>
          outcome.state === observation &&
          outcome.reward === reward &&
          outcome.terminated === terminated &&
          outcome.probability === info.prob,
      );
      if (found < 0) strange++;
      // How often the first of outcomes that can be told apart came.
      const distinct = new Set(row.map((outcome) => outcome.state)).size === row.length;
      if (row.length > 1 && distinct) {
        const { probability } = row[0];
        expected += probability;
        variance += probability * (1 - probability);
        if (found === 0) happened++;
      }
      state = terminated ? env.reset().observation : observation;
    }
    expect(strange).toBe(0);
    expect(Math.abs(happened - expected)).toBeLessThanOrEqual(4 * Math.sqrt(variance));
  });
});
