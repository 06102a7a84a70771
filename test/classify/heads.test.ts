/** @file Heads on features: the optimum, the same as alone, the choice by held-out images. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { fitHeads, headProbabilities, type HeadOptions } from '../../src/classify/heads.js';
import { fitLogistic, lbfgs } from '../../src/classify/lbfgs.js';
import { accuracyOf } from '../../src/classify/metrics.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import { clouds } from './blobs.js';

beforeAll(async () => {
  await useEngine();
});

const [bank, heldOut] = [clouds(1, 300, 12, 4, 1.6), clouds(2, 200, 12, 4, 1.6)];
const LINEAR: HeadOptions = {
  classes: 4,
  hidden: [],
  epochs: 12,
  batchSize: 32,
  lrs: [0.1],
  weightDecays: [0],
  seed: 0,
};

test('L-BFGS finds the minimum of the Rosenbrock function', async () => {
  const { x, iterations } = await lbfgs(
    ([a, b]) =>
      Promise.resolve({
        value: (1 - a) ** 2 + 100 * (b - a * a) ** 2,
        gradient: Float64Array.of(-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)),
      }),
    Float64Array.of(-1.2, 1),
  );
  expect(x[0]).toBeCloseTo(1, 4);
  expect(x[1]).toBeCloseTo(1, 4);
  expect(iterations).toBeLessThan(60);
});

describe('logistic regression', () => {
  test('has no gradient left, takes plain features, and is chosen by the held-out images', async () => {
    const { head, chosen, candidates } = await fitLogistic(bank, heldOut, {
      classes: 4,
      weightDecays: [1e-3, 1, 30],
    });
    expect(candidates.map(({ settings }) => settings.weightDecay)).toEqual([30, 1, 1e-3]);
    expect(chosen.accuracy).toBe(Math.max(...candidates.map(({ accuracy }) => accuracy)));
    expect(accuracyOf(await headProbabilities(head, heldOut), heldOut.labels)).toBe(chosen.accuracy);
    expect(chosen.accuracy).toBeGreaterThan(0.7);
    // At the optimum of the unpenalised bias, each class is predicted as often as it occurs.
    const probabilities = await headProbabilities(head, bank);
    for (let c = 0; c < 4; c++) {
      const expected = bank.labels.filter((label) => label === c).length / bank.count;
      const found = probabilities.filter((_, i) => i % 4 === c).reduce((sum, p) => sum + p, 0) / bank.count;
      expect(found).toBeCloseTo(expected, 3);
    }
    head.dispose();
  });
});

describe.each([
  ['linear', []],
  ['MLP', [16]],
])('%s heads by SGD', (_, hidden) => {
  const options = { ...LINEAR, hidden };

  test('learn the same side by side as alone, and reproducibly', async () => {
    const together = await fitHeads(bank, heldOut, { ...options, lrs: [0.03, 0.1], weightDecays: [0, 0.01] });
    const alone = await Promise.all(
      [0.03, 0.1].map(async (lr) => (await fitHeads(bank, heldOut, { ...options, lrs: [lr] }))!),
    );
    expect(together!.candidates.map(({ settings }) => settings)).toEqual([
      { lr: 0.03, weightDecay: 0 },
      { lr: 0.03, weightDecay: 0.01 },
      { lr: 0.1, weightDecay: 0 },
      { lr: 0.1, weightDecay: 0.01 },
    ]);
    alone.forEach(({ chosen }, i) => {
      expect(Math.abs(chosen.accuracy - together!.candidates[2 * i].accuracy)).toBeLessThanOrEqual(0.01);
    });
    const again = await fitHeads(bank, heldOut, options);
    expect(await headProbabilities(again!.head, heldOut)).toEqual(
      await headProbabilities(alone[1].head, heldOut),
    );
    for (const fitted of [together!, again!, ...alone])
      for (const one of [fitted.head, fitted.best!.head]) one.dispose();
  });

  test('last and best epoch are what the held-out images say', async () => {
    const seen: number[] = [];
    const fitted = await fitHeads(bank, heldOut, {
      ...options,
      onEpoch: (epoch, accuracy) => seen.push(accuracy) === epoch,
    });
    const { head, best, chosen } = fitted!;
    expect(chosen.accuracy).toBe(seen.at(-1));
    expect(best!.accuracy).toBe(Math.max(...seen));
    expect(seen[best!.epoch - 1]).toBe(best!.accuracy);
    const measured = async (one: typeof head) =>
      accuracyOf(await headProbabilities(one, heldOut), heldOut.labels);
    expect(Math.abs((await measured(head)) - chosen.accuracy)).toBeLessThanOrEqual(0.005);
    expect(Math.abs((await measured(best!.head)) - best!.accuracy)).toBeLessThanOrEqual(0.005);
    for (const one of [head, best!.head]) one.dispose();
  });

  test('stop when told, and leave nothing behind', async () => {
    const before = tf.memory().numTensors;
    const stopped = await fitHeads(bank, heldOut, { ...options, onEpoch: (epoch) => epoch < 2 });
    expect(stopped).toBeUndefined();
    expect(tf.memory().numTensors).toBe(before);
    const { head, best } = (await fitHeads(bank, heldOut, options))!;
    head.dispose();
    best!.head.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
