/** @file The schedule against VICReg's own, as computed by its `adjust_learning_rate`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT_ROOT } from '../../src/files.js';
import { warmupCosine } from '../../src/optim/index.js';

interface Schedule {
  steps_per_epoch: number;
  epochs: number;
  base_lr: number;
  batch_size: number;
  warmup_epochs: number;
  final_factor: number;
  every: number;
  lr: number[];
}

test('warmupCosine is VICReg’s schedule', () => {
  const text = readFileSync(join(PROJECT_ROOT, 'test', 'golden', 'optimizers.json'), 'utf8');
  const golden = (JSON.parse(text) as { warmup_cosine: Schedule }).warmup_cosine;
  const baseLr = (golden.base_lr * golden.batch_size) / 256;
  const lr = warmupCosine({
    baseLr,
    totalSteps: golden.epochs * golden.steps_per_epoch,
    warmupSteps: golden.warmup_epochs * golden.steps_per_epoch,
    finalLr: baseLr * golden.final_factor,
  });
  expect(golden.lr.length).toBe(75);
  expect(golden.lr.map((_, i) => lr(i * golden.every))).toEqual(
    golden.lr.map((value) => expect.closeTo(value, 12)),
  );
});

test('starts at startLr, peaks after the warm-up, ends at finalLr', () => {
  const lr = warmupCosine({ baseLr: 1, totalSteps: 30, warmupSteps: 10, startLr: 0.1, finalLr: 0.01 });
  expect([0, 5, 10, 20, 30, 40].map(lr)).toEqual(
    [0.1, 0.55, 1, 0.505, 0.01, 0.01].map((value) => expect.closeTo(value, 12)),
  );
});

test('without a warm-up, or with nothing but one', () => {
  expect(warmupCosine({ baseLr: 1, totalSteps: 4, warmupSteps: 0 })(0)).toBe(1);
  const lr = warmupCosine({ baseLr: 1, totalSteps: 4, warmupSteps: 4 });
  expect([0, 1, 2, 3, 4].map(lr)).toEqual([0, 0.25, 0.5, 0.75, 1]);
});
