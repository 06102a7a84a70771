/** @file Exploring noise: normal at every step, correlated from step to step as asked. */
import { expect, test } from '@jest/globals';
import { CorrelatedNoise } from '../../src/agents/noise.js';
import { Generator } from '../../src/random/index.js';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);

test.each([0, 0.5, 0.95])('correlation %d: mean 0, deviation 1, and the correlation', (correlation) => {
  const rng = new Generator(0);
  const pairs: [number, number][] = [];
  // Many short stretches, so that slow noise has its mean too.
  for (let i = 0; i < 20_000; i++) {
    const noise = new CorrelatedNoise(1, correlation);
    const before = noise.next(rng)[0];
    pairs.push([before, noise.next(rng)[0]]);
  }
  for (const column of [0, 1]) {
    const values = pairs.map((pair) => pair[column]);
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
  }
  expect(mean(pairs.map(([a, b]) => a * b))).toBeCloseTo(correlation, 1);
});

test('without correlation it is white noise, number by number', () => {
  const noise = new CorrelatedNoise(3, 0);
  const [rng, same] = [new Generator(1), new Generator(1)];
  for (let step = 0; step < 3; step++) {
    expect([...noise.next(rng)]).toEqual([...same.fillNormal(new Float32Array(3))]);
  }
});

test('after a restart nothing of before is left', () => {
  const noise = new CorrelatedNoise(2, 0.9);
  noise.next(new Generator(0));
  noise.restart();
  expect([...noise.next(new Generator(5))]).toEqual([...new CorrelatedNoise(2, 0.9).next(new Generator(5))]);
});
