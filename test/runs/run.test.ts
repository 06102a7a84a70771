/** @file Run folders, metrics and checkpoints on disk. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointMismatchError, CorruptFileError, DivergedError, UserError } from '../../src/errors.js';
import { checkpointFiles, restoreCheckpoint, saveCheckpoint } from '../../src/runs/checkpoint.js';
import { MetricsLog, readMetrics } from '../../src/runs/metrics.js';
import { resolveConfig } from '../../src/pretrain/config.js';
import { Run, type RunDescription } from '../../src/runs/run.js';
import { tf, useEngine } from '../../src/tensor/index.js';

const description: RunDescription = {
  config: resolveConfig({}),
  command: '',
  dataset: 'none',
  engine: { name: 'cpu', version: '', threads: 1 },
  versions: {},
  started: '',
};

const temporary = () => mkdtempSync(join(tmpdir(), 'encodergym-'));

describe('Run', () => {
  test.each(['../elsewhere', '/etc/run', 'a/b', '..', '.hidden', '', 'a\0b', 'a\\b', '-flag'])(
    'the name %j is refused',
    (name) => {
      const folder = temporary();
      expect(() => Run.plan(folder, name, 'run')).toThrow(UserError);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('a name that is taken is refused, a default name counts on', () => {
    const folder = temporary();
    const run = Run.plan(folder, 'one', 'run');
    run.make(description);
    expect(() => Run.plan(folder, 'one', 'run')).toThrow(/exists already.*--resume/);
    run.write('summary.json', {});
    expect(() => Run.plan(folder, 'one', 'run')).toThrow(/has ended already/);
    expect(() => Run.resume(folder, 'one')).toThrow(/has ended already/);
    const unnamed = [1, 2, 3].map(() => {
      const next = Run.plan(folder, undefined, 'vicreg');
      next.make(description);
      return next.name;
    });
    expect(unnamed).toEqual(['vicreg', 'vicreg-2', 'vicreg-3']);
  });

  test('resuming needs a run', () => {
    expect(() => Run.resume(temporary(), 'missing')).toThrow(/no run to resume/);
    expect(() => Run.resume(temporary(), undefined)).toThrow(/--run-name/);
  });

  test('a folder below a file says so', () => {
    const file = join(temporary(), 'file');
    writeFileSync(file, '');
    expect(() => Run.plan(file, 'one', 'run').make(description)).toThrow(UserError);
  });

  test('a damaged config.json is named', () => {
    const folder = temporary();
    mkdirSync(join(folder, 'one'));
    writeFileSync(join(folder, 'one', 'config.json'), '{"config": ');
    expect(() => Run.resume(folder, 'one').description()).toThrow(CorruptFileError);
  });
});

test('metrics of steps after the checkpoint and a half line go on resuming', () => {
  const folder = temporary();
  const log = new MetricsLog(folder, 0);
  for (const step of [10, 20, 30])
    log.append({ step, epoch: step / 20, metrics: { 'train/loss': 1 / step } });
  appendFileSync(join(folder, 'metrics.jsonl'), '{"step":40,"epo');
  expect(readMetrics(folder)).toHaveLength(3);
  new MetricsLog(folder, 20).append({ step: 30, epoch: 1.5, metrics: { 'train/loss': 7 } });
  expect(readMetrics(folder).map(({ step }) => step)).toEqual([10, 20, 30]);
  expect(readMetrics(folder)[2]).toEqual({ step: 30, epoch: 1.5, metrics: { 'train/loss': 7 } });
  expect(readFileSync(join(folder, 'metrics.jsonl'), 'utf8').endsWith('\n')).toBe(true);
});

describe('checkpoints', () => {
  beforeAll(async () => {
    await useEngine('cpu');
  });

  const progress = (step: number) => ({ step, optimizerSteps: step, seconds: 1, evaluations: [] });
  const variables = (shape: number[], value = 1) =>
    new Map([['encoder.w', tf.variable(tf.fill(shape, value))]]);

  test('all values come back, and only the last ones are kept', async () => {
    const folder = join(temporary(), 'checkpoints');
    const saved = new Map([['w', tf.variable(tf.tensor2d([[1 / 3, -0], [1e-40, 3e38]]))]]); // prettier-ignore
    for (const step of [8, 9, 10]) await saveCheckpoint(folder, saved, progress(step), 2);
    const files = checkpointFiles(folder);
    expect(files.map((file) => file.slice(-22))).toEqual(['00000010.safetensors', '00000009.safetensors'].map((f) => `p-${f}`)); // prettier-ignore
    const loaded = new Map([['w', tf.variable(tf.zeros([2, 2]))]]);
    expect(restoreCheckpoint(files[0], loaded)).toEqual(progress(10));
    expect(loaded.get('w')!.dataSync()).toEqual(saved.get('w')!.dataSync());
  });

  test('a shape that differs is named, and nothing changes', async () => {
    const folder = temporary();
    const path = await saveCheckpoint(folder, variables([2, 3]), progress(1), 2);
    const other = variables([3, 2], 5);
    expect(() => restoreCheckpoint(path, other)).toThrow(CheckpointMismatchError);
    expect(() => restoreCheckpoint(path, other)).toThrow(
      /"encoder.w" is \[2, 3\] in the file and \[3, 2\] in the code/,
    );
    expect(other.get('encoder.w')!.dataSync()[0]).toBe(5);
    expect(() => restoreCheckpoint(path, new Map())).toThrow(/in the file and not in the code/);
  });

  test('a truncated file is refused', async () => {
    const path = await saveCheckpoint(temporary(), variables([20]), progress(1), 2);
    writeFileSync(path, readFileSync(path).subarray(0, -7));
    expect(() => restoreCheckpoint(path, variables([20]))).toThrow(CorruptFileError);
  });

  test('weights that are not finite are never written', async () => {
    const folder = temporary();
    await expect(saveCheckpoint(folder, variables([2], NaN), progress(1), 2)).rejects.toThrow(DivergedError);
    expect(existsSync(folder) && readdirSync(folder)).toEqual([]);
  });
});
