/** @file `npm run eval:classify` as users run it: on a run that was pretrained before, and by a recipe. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluateSummary } from '../../src/classify/index.js';
import { loadSafetensors } from '../../src/encoders/index.js';
import { tinyCifar } from '../pretrain/tiny-cifar.js';
import { startCli } from './run-cli.js';

const RECIPE = {
  arch: 'resnet18',
  width: 4,
  stem: 'imagenet',
  mlp: '16-16',
  epochs: 2,
  'batch-size': 16,
  'warmup-epochs': 1,
  optimizer: 'lars',
};

let dataDir: string;
let expDir: string;
let recipe: string;

beforeAll(() => {
  dataDir = tinyCifar();
  expDir = mkdtempSync(join(tmpdir(), 'encodergym-runs-'));
  recipe = join(expDir, 'recipe.json');
  writeFileSync(recipe, JSON.stringify(RECIPE));
});

const start = (name: string, ...flags: string[]) =>
  startCli(name, '--data-dir', dataDir, '--exp-dir', expDir, '--num-workers', '1', ...flags);

describe('ssl', () => {
  test('by a recipe, it is pretrained for each seed, and once', async () => {
    const flags = [
      '--dataset',
      'cifar10',
      '--threads',
      '1',
      '--encoder',
      'ssl',
      '--protocol',
      'knn',
      '--k',
      '5',
    ];
    const run = start('eval-classify', ...flags, '--seeds', '2', '--recipe', recipe, '--run-name', 'cls');
    while (
      !existsSync(join(expDir, 'cls', 'encoders', 'ssl-0', 'config.json')) &&
      run.child.exitCode === null
    ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    run.child.kill('SIGINT');
    const stopped = await run.ended;
    expect([stopped.code, stopped.stderr]).toEqual([130, '']);
    expect(stopped.stdout).toMatch(`npm run eval:classify -- --run-name cls --exp-dir ${expDir} --resume`);
    const { code, stdout, stderr, result } = await start(
      'eval-classify',
      '--run-name',
      'cls',
      '--resume',
      '--json',
    ).ended;
    expect([code, stderr]).toEqual([0, '']);
    const summary = result as unknown as EvaluateSummary;
    expect(summary).toMatchObject({ ending: 'finished', done: 2, arms: 2 });
    expect(summary.rows).toHaveLength(1);
    expect(summary.rows![0]).toMatchObject({ encoder: 'ssl', protocol: 'knn', seeds: 2 });
    expect(stdout).toMatch(/encoder +protocol +labels +accuracy/);
    for (const seed of [0, 1]) {
      const config = JSON.parse(
        readFileSync(join(expDir, 'cls', 'encoders', `ssl-${seed}`, 'config.json'), 'utf8'),
      ) as object;
      expect(config).toMatchObject({ config: { seed, epochs: 2, width: 4 } });
    }
  });

  test('without one, it is the newest run on the data set', async () => {
    const none = await start('eval-classify', '--dataset', 'cifar10').ended;
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringMatching(/no finished pretraining run on cifar10/),
    ]);
    const pretrained = await start(
      'pretrain',
      ...[
        '--config',
        recipe,
        '--dataset',
        'cifar10',
        '--threads',
        '1',
        '--run-name',
        'mine',
        '--epochs',
        '1',
      ],
    ).ended;
    expect(pretrained.code).toBe(0);
    const flags = ['--protocol', 'linear', '--linear-epochs', '3', '--dataset', 'cifar10', '--threads', '1'];
    const { code, stderr } = await start(
      'eval-classify',
      ...flags,
      '--encoder',
      'ssl,random',
      '--run-name',
      'newest',
    ).ended;
    expect([code, stderr]).toEqual([0, '']);
    const results = JSON.parse(readFileSync(join(expDir, 'newest', 'results.json'), 'utf8')) as {
      encoders: { description: string }[];
      comparisons: { first: string; second: string; pValues: number[] }[];
    };
    expect(results.encoders[0].description).toContain(join('mine', 'encoder.safetensors'));
    expect(results.comparisons).toMatchObject([
      { first: 'ssl', second: 'random', pValues: [expect.any(Number)] },
    ]);
  });
});

test.each([
  [['--protocol', 'lineal'], /--protocol: expected knn, linear, mlp, finetune/],
  [['--encodr', 'ssl'], /--encodr/],
  [['--resume', '--run-name', 'nothing'], /no run to resume/],
])('bad input %j ends with code 2', async (flags, message) => {
  const { code, stderr } = await start('eval-classify', ...flags).ended;
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(2);
});

test('two ranks evaluate as one process does', async () => {
  const words =
    '--dataset cifar10 --threads 1 --encoder supervised --protocol linear,finetune --linear-epochs 3 --linear-lr 0.1 ' +
    `--linear-wd 0 --finetune-epochs 2 --finetune-batch 16 --recipe ${recipe}`;
  const [one, two] = [
    start('eval-classify', ...words.split(' '), '--run-name', 'alone'),
    start('eval-classify', ...words.split(' '), '--run-name', 'ranks', '--nproc-per-node', '2'),
  ];
  const ended = await Promise.all([one.ended, two.ended]);
  expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(ended[1].stdout.match(/Report: /g)).toHaveLength(1); // rank 0 alone prints
  expect(readFileSync(join(expDir, 'ranks', 'rank-1.log'), 'utf8')).toContain('Engine: ');
  const weightsOf = (name: string) =>
    loadSafetensors(join(expDir, name, 'encoders', 'supervised-0', 'encoder.safetensors')).tensors;
  const found = weightsOf('ranks');
  for (const [name, { data }] of weightsOf('alone')) {
    if (name.endsWith('num_batches_tracked')) continue; // whole numbers
    const [a, b] = [data as Float32Array, found.get(name)!.data as Float32Array];
    const distance = Math.hypot(...a.map((value, i) => value - b[i]));
    expect([name, distance < 1e-3 * Math.max(1, Math.hypot(...a))]).toEqual([name, true]);
  }
  for (const arm of ['linear-100pc', 'finetune-100pc']) {
    const accuracies = ['alone', 'ranks'].map((name) => {
      const summary = readFileSync(join(expDir, name, 'arms', 'supervised-0', arm, 'summary.json'), 'utf8');
      return (JSON.parse(summary) as { chosen: { accuracy: number } }).chosen.accuracy;
    });
    expect(Math.abs(accuracies[0] - accuracies[1])).toBeLessThanOrEqual(0.1); // one of ten held-out images
  }
});
