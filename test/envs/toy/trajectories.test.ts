/** @file Toy text against Gymnasium's trajectories. */
import { expect, test } from '@jest/globals';
import { expected, goldenRuns, replay } from '../golden.js';

test.each(goldenRuns(['FrozenLake-v1', 'Taxi-v4', 'CliffWalking-v1', 'Blackjack-v1']))(
  '%s: equal',
  (_, run) => {
    expect(run.steps).toHaveLength(250);
    expect(replay(run)).toEqual(expected(run));
  },
);
