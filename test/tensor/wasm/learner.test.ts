/** @file A whole training step, with both stems, gives on the wasm engine what it gives on tfjs-backend-cpu. */
import { expect, test } from '@jest/globals';
import { useEngine } from '../../../src/tensor/index.js';
import { largestDistance, learnerStep } from '../learner_step.js';

test.each([
  ['imagenet', 'sgd'],
  ['cifar', 'sgd'],
  ['cifar', 'lars'],
] as const)('VICReg, %s stem, %s', async (stem, optimizer) => {
  await useEngine('cpu');
  const expected = await learnerStep(stem, optimizer);
  await useEngine('wasm');
  const found = await learnerStep(stem, optimizer);
  expect(found.loss / expected.loss).toBeCloseTo(1, 5);
  expect(found.probeLoss / expected.probeLoss).toBeCloseTo(1, 4);
  expect(largestDistance(found, expected).distance).toBeLessThan(5e-5);
});
