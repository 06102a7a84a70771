/** @file Blackjack: hands, naturals, the dealer's play. */
import { describe, expect, test } from '@jest/globals';
import { make } from '../../../src/envs/index.js';
import type { BlackjackObservation } from '../../../src/envs/toy/blackjack.js';

const game = (options: Record<string, unknown> = {}) =>
  make<BlackjackObservation, number>('Blackjack-v1', options);

/** The rewards of sticking on first hands of a kind, under the seeds 0, 1, ... */
function stick(options: Record<string, unknown>, wanted: (hand: BlackjackObservation) => boolean): number[] {
  const env = game(options);
  const seeds = Array.from({ length: 2000 }, (_, seed) => seed);
  return seeds.flatMap((seed) => (wanted(env.reset({ seed }).observation) ? [env.step(0).reward] : []));
}

const isNatural = ([sum, , ace]: BlackjackObservation) => sum === 21 && ace === 1;

describe('rewards of a natural', () => {
  const rewards = (options: Record<string, unknown>) => stick(options, isNatural);

  test('by the book it wins, unless the dealer has one too', () => {
    const found = rewards({});
    expect(found.length).toBeGreaterThan(50);
    expect(new Set(found)).toEqual(new Set([0, 1]));
  });

  test('it pays 1.5 where that is asked for, and draws with any 21 of the dealer', () => {
    const casino = rewards({ sab: false, natural: true });
    const plain = rewards({ sab: false, natural: false });
    expect(new Set(casino)).toEqual(new Set([0, 1.5]));
    expect(plain).toEqual(casino.map((reward) => Math.min(reward, 1)));
    const draws = (all: number[]) => all.filter((reward) => reward === 0).length;
    expect(draws(casino)).toBeGreaterThan(draws(rewards({})));
  });
});

test('sticking on 4 wins only when the dealer goes bust', () => {
  const rewards = stick({}, ([sum, , ace]) => sum <= 6 && ace === 0);
  const wins = rewards.filter((reward) => reward === 1).length / rewards.length;
  expect(new Set(rewards)).toEqual(new Set([-1, 1]));
  // The dealer goes bust in 28 % of games.
  expect(Math.abs(wins - 0.28)).toBeLessThan(0.12);
});

test('over 21 is lost at once; an ace counts 11 as long as it can', () => {
  const env = game();
  env.reset({ seed: 0 });
  let aces = 0;
  for (let round = 0; round < 300; round++) {
    let [sum, card, ace] = env.reset().observation;
    for (let ended = false; !ended;) {
      const { observation, reward, terminated } = env.step(1);
      expect(observation[1]).toBe(card);
      expect(terminated).toBe(observation[0] > 21);
      expect(reward).toBe(terminated ? -1 : 0);
      // The sum grows, unless an ace falls back from 11 to 1.
      if (observation[2] === ace) expect(observation[0]).toBeGreaterThan(sum);
      if (observation[2] === 1) expect(observation[0]).toBeLessThanOrEqual(21);
      if (observation[2] === 1) aces++;
      [sum, card, ace] = observation;
      ended = terminated;
    }
  }
  expect(aces).toBeGreaterThan(20);
});
