/** @file Summaries of arms, their table and pictures. */
import { expect, test } from '@jest/globals';
import { armCurves, armProfile, armTable, summariseArms, type ArmRun } from '../../src/report/index.js';

const run = (arm: string, ...returns: number[]): ArmRun => ({
  arm,
  seconds: 10,
  evaluations: returns.map((value, i) => ({
    step: 1000 * i,
    // The mean of the episodes counts.
    episodes: [{ return: value - 5 }, { return: value + 5 }],
  })),
});
const RUNS = [
  run('state', 10, 100),
  run('state', 10, 200),
  run('state', 10, 300),
  run('state', 10, 500),
  run('random', 10, 10),
  run('random', 10, 150),
];
const ARMS = ['state', 'failed', 'random'];

test('statistics of the last evaluations, of the arms that have runs', () => {
  const [state, random, ...none] = summariseArms(RUNS, ARMS, 250);
  expect(none).toEqual([]);
  expect(state).toMatchObject({ arm: 'state', runs: 4, mean: 275, median: 250, lowest: 100 });
  expect(state.iqm.value).toBe(250);
  expect(state.gap).toMatchObject({ target: 250, value: (150 + 50) / 4 });
  expect(state.beatsFirst).toBeUndefined();
  // Of the eight pairs, 150 is above 100 only.
  expect(random.beatsFirst?.value).toBe(1 / 8);
  expect(random.gap!.low).toBeLessThanOrEqual(random.gap!.value);
});

test('the table has columns for what there is', () => {
  const lines = armTable(summariseArms(RUNS, ARMS, 250)).split('\n');
  expect(lines[0]).toMatch(
    /^arm +runs +IQM of returns \[95 %\] .* gap to 250 +beats state \[95 %\] +s\/run$/,
  );
  expect(lines[1]).toMatch(/^state +4 +250\.0 \[.*\] +275\.0 +250\.0 +100\.0 +50\.0 +10$/);
  expect(lines[2]).toMatch(/^random +2 .* 170\.0 +13 % \[.*\] +10$/);
  const plain = armTable(summariseArms(RUNS, ['state']));
  expect(plain).not.toMatch(/gap|beats/);
});

test('curves go through the steps, profiles through the returns', () => {
  const curves = armCurves('CartPole-v1', RUNS, ARMS);
  expect(curves).toContain('>environment steps<');
  expect(curves.match(/<polyline/g)).toHaveLength(2);
  const profile = armProfile('CartPole-v1', RUNS, ARMS);
  expect(profile).toContain('>return<');
  expect(profile).toContain('>random<');
  // All runs are above the lowest threshold, none above the highest.
  const [first, last] = [0, -1].map((at) => {
    const points = /<polyline points="([^"]+)"/.exec(profile)![1].split(' ');
    return Number(points.at(at)!.split(',')[1]);
  });
  expect(first).toBe(60);
  expect(last).toBe(364);
});
