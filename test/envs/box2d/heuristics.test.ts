/** @file A few episodes of the hand-written policies; scripts/heuristic-returns.mjs plays many. */
import { expect, test } from '@jest/globals';
import { heuristicFor, make } from '../../../src/envs/index.js';
import { UserError } from '../../../src/errors.js';

/** The returns of the episodes with seeds 0, 1, ... */
function play(id: string, seeds: number): number[] {
  const env = make(id);
  return Array.from({ length: seeds }, (_, seed) => {
    const policy = heuristicFor(id)(env);
    let { observation } = env.reset({ seed });
    let total = 0;
    for (;;) {
      const result = env.step(policy(observation));
      observation = result.observation;
      total += result.reward;
      if (result.terminated || result.truncated) return total;
    }
  });
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

// The reference's means are 237 (with a standard deviation of 106), 284 (19), 103 (125) and -59 (25).
test.each([
  ['LunarLander-v3', 10, 150, 300],
  ['LunarLanderContinuous-v3', 8, 255, 310],
  ['BipedalWalker-v3', 10, 20, 200],
  ['BipedalWalkerHardcore-v3', 8, -85, -25],
])('%s: the mean of %d returns is between %d and %d', (id, seeds, low, high) => {
  const returns = play(id, seeds);
  expect(mean(returns)).toBeGreaterThan(low);
  expect(mean(returns)).toBeLessThan(high);
});

test('an environment without one is named, with those that have one', () => {
  expect(() => heuristicFor('CartPole-v1')).toThrow(UserError);
  expect(() => heuristicFor('LunarLander-v2')).toThrow(/Did you mean "LunarLander-v3"/);
});
