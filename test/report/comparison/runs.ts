/** @file Finished runs of all three kinds, as their commands leave them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JobResult } from '../../../src/agents/job.js';
import type { Comparison, ResultRow } from '../../../src/classify/score.js';
import type { PretrainSummary } from '../../../src/pretrain/pretrain.js';
import { Generator } from '../../../src/random/index.js';
import type { RunDescription } from '../../../src/runs/index.js';

/** The run is called by its folder's name. */
function leave(folder: string, files: Record<string, unknown>): { name: string; folder: string } {
  mkdirSync(join(folder, 'pictures'), { recursive: true });
  for (const [name, value] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return { name: basename(folder), folder };
}

const describe = (command: string, config: object, dataset = 'cifar10'): RunDescription => ({
  config,
  command,
  dataset,
  engine: { name: 'onednn', version: 'oneDNN 2.6.3', threads: 2 },
  versions: { encodergym: '0.1.0', node: 'v20.0.0' },
  started: '2026-01-01T00:00:00.000Z',
});

/** @param ranks processes; two are 1.5 times as fast as one */
export function leavePretraining(folder: string, ranks = 1) {
  const summary: Partial<PretrainSummary> = {
    steps: 1000,
    seconds: 300,
    knnPixels: 0.4,
    knnRandom: 0.3,
    knn: 0.55,
    rankMe: 60,
  };
  const lines = Array.from({ length: 1000 }, (_, i) => ({
    step: i + 1,
    epoch: (i + 1) / 100,
    'train/loss': 10 / (i + 1),
    'time/images_per_second': 500 * (1 + (ranks - 1) / 2),
    ...((i + 1) % 100 === 0 && { 'eval/knn': 0.3 + i / 4000 }),
  }));
  return leave(folder, {
    'config.json': {
      ...describe('npm run pretrain -- --seed 3', {
        method: 'vicreg',
        arch: 'resnet18',
        epochs: 10,
        batchSize: 256,
        seed: 3,
      }),
      ranks,
    },
    'cost.json': { seconds: 320, joules: 7200 },
    'views.png': 'no picture',
    'summary.json': summary,
    'metrics.jsonl': lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  });
}

const row = (encoder: string, accuracy: number): ResultRow => ({
  encoder,
  protocol: 'linear',
  labels: 1,
  seeds: 2,
  accuracy,
  deviation: 0.002,
  interval: [accuracy - 0.008, accuracy + 0.008],
  balancedAccuracy: accuracy,
  top5: 0.98,
  calibrationError: 0.02,
});

export function leaveClassification(folder: string) {
  const pair = (second: string, difference: number, margin: number): Comparison => ({
    first: 'ssl',
    second,
    protocol: 'linear',
    labels: 1,
    difference,
    interval: [difference - margin, difference + margin],
    pValues: [0.01, 0.02],
  });
  const results = {
    dataset: 'cifar10',
    classes: ['cat', 'dog'],
    arms: [0, 1].map((seed) => ({
      encoder: 'ssl',
      protocol: 'linear',
      labels: 1,
      seed,
      test: {
        confusion: [
          [40, 10],
          [20, 30 + seed],
        ],
      },
    })),
    images: { train: 45_000, heldOut: 5000, test: 10_000 },
    rows: [row('ssl', 0.7), row('supervised', 0.705), row('<random>', 0.4)],
    comparisons: [pair('supervised', -0.005, 0.01), pair('<random>', 0.3, 0.012)],
  };
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="#fff"/></svg>';
  return leave(folder, {
    'config.json': describe('npm run eval:classify -- --seeds 2', { seed: 0, seeds: 2 }),
    'results.json': results,
    'summary.json': {},
    'pictures/accuracy.svg': svg,
    'pictures/confusion-ssl-linear.svg': svg,
  });
}

/** @param returns an arm's level at the end */
export function leaveAgents(folder: string, returns: Record<string, number>, seeds = 5) {
  const generator = new Generator(0);
  const results = Object.entries(returns).flatMap(([arm, level]) =>
    Array.from({ length: seeds }, (_, seed): JobResult => {
      const evaluations = [0, 500, 1000].map((step) => ({
        step,
        episodes: Array.from({ length: 4 }, (_unused, i) => ({
          seed: i,
          return: 20 + (level * step) / 1000 + 10 * generator.random(),
          length: 30,
        })),
      }));
      return { arm, seed, seconds: 60, evaluations };
    }),
  );
  return leave(folder, {
    'config.json': describe('npm run eval:rl -- --seeds 5', {}, 'env:CartPole-v1'),
    'results.json': {
      config: { env: 'CartPole-v1', agent: 'ppo', steps: 1000 },
      arms: Object.keys(returns).map((name) => ({ name })),
      results,
      failures: [],
    },
    'summary.json': {},
  });
}
