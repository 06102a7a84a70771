/** @file `npm run pretrain` as users run it: whole processes, stopped, killed, resumed, and given bad input. */
import { createCanvas } from '@napi-rs/canvas';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSafetensors } from '../../src/encoders/index.js';
import { Generator } from '../../src/random/index.js';
import type { PretrainSummary } from '../../src/pretrain/index.js';
import { readMetrics } from '../../src/runs/index.js';
import { tinyCifar } from '../pretrain/tiny-cifar.js';
import { startCli } from './run-cli.js';

const NET =
  '--arch resnet18 --width 4 --stem imagenet --mlp 24-24 --batch-size 16 --warmup-epochs 1 --threads 1';

let dataDir: string;
let expDir: string;

beforeAll(() => {
  dataDir = tinyCifar();
  expDir = mkdtempSync(join(tmpdir(), 'encodergym-runs-'));
});

/** A process that trains. */
const start = (...flags: string[]) =>
  startCli('pretrain', '--data-dir', dataDir, '--exp-dir', expDir, '--num-workers', '1', ...flags);

const train = (name: string, epochs: number, ...more: string[]) =>
  start(...NET.split(' '), '--dataset', 'cifar10', '--run-name', name, '--epochs', String(epochs), ...more);

const checkpoints = (name: string) => {
  const folder = join(expDir, name, 'checkpoints');
  return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.safetensors')) : [];
};

/** Waits for the first checkpoint of a run that is under way. */
async function firstCheckpoint(name: string): Promise<void> {
  while (checkpoints(name).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Every tensor of a run's last checkpoint, by name, as bytes. */
function finalState(name: string): Map<string, Buffer> {
  const last = checkpoints(name).sort().at(-1)!;
  const { tensors } = loadSafetensors(join(expDir, name, 'checkpoints', last));
  return new Map([...tensors].map(([key, { data }]) => [key, Buffer.from(data.buffer)]));
}

/** A run's metrics without the clock. */
const history = (name: string) =>
  readMetrics(join(expDir, name)).map(({ metrics: { 'time/images_per_second': _, ...metrics }, ...at }) => ({
    ...at,
    metrics,
  }));

describe('a run', () => {
  const epochs = 8;
  let summary: PretrainSummary;

  beforeAll(async () => {
    const { code, stdout, stderr, result } = await train('whole', epochs, '--json').ended;
    expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    summary = result as unknown as PretrainSummary;
  });

  test('leaves config, metrics, events, checkpoints, an encoder and a summary', () => {
    const files = readdirSync(join(expDir, 'whole'));
    for (const file of ['config.json', 'metrics.jsonl', 'log.txt', 'encoder.safetensors', 'summary.json']) {
      expect(files).toContain(file);
    }
    expect(files.filter((file) => file.startsWith('events.out.tfevents.'))).toHaveLength(1);
    expect(checkpoints('whole').sort()).toEqual(['step-00000035.safetensors', 'step-00000040.safetensors']);
    const { tensors, metadata } = loadSafetensors(summary.encoder);
    expect(metadata).toMatchObject({ arch: 'resnet18', dataset: 'cifar10', mean: '0.4914,0.4822,0.4465' });
    expect(tensors.get('conv1.weight')?.shape).toEqual([4, 3, 7, 7]);
    expect(tensors.get('bn1.num_batches_tracked')?.dtype).toBe('I64');
  });

  test('says how good raw pixels, the random and the trained encoder are', () => {
    expect(summary).toMatchObject({ name: 'whole', ending: 'finished', dataset: 'cifar10', steps: 40 });
    for (const value of [summary.knnPixels, summary.knnRandom, summary.knn, summary.probe]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
    expect(summary.rankMe).toBeGreaterThan(1);
    const evaluated = history('whole').filter(({ metrics }) => 'eval/knn' in metrics);
    expect(evaluated.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const config = JSON.parse(readFileSync(join(expDir, 'whole', 'config.json'), 'utf8')) as object;
    expect(config).toMatchObject({
      config: { seed: 0, width: 4 },
      engine: { threads: 1 },
      dataset: 'cifar10',
    });
  });

  test('is not started or resumed a second time', async () => {
    const again = await train('whole', epochs).ended;
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/has ended already/)]);
    const resumed = await train('whole', epochs, '--resume').ended;
    expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringMatching(/nothing is left to resume/)]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends with a checkpoint, and says how to go on', async (signal, code) => {
    const run = train(signal, epochs);
    await firstCheckpoint(signal);
    run.child.kill(signal);
    const stopped = await run.ended;
    expect(stopped.code).toBe(code);
    expect(stopped.stdout).toMatch(`--run-name ${signal}`);
    expect(existsSync(join(expDir, signal, 'summary.json'))).toBe(false);
  });

  test('stopped and resumed, it gives the same bits', async () => {
    expect((await start('--run-name', 'SIGINT', '--resume').ended).code).toBe(0);
    expect(finalState('SIGINT')).toEqual(finalState('whole'));
    expect(history('SIGINT')).toEqual(history('whole'));
  });

  test('kill -9 loses nothing that a checkpoint has; resumed, it gives the same bits', async () => {
    const run = train('killed', epochs, '--checkpoint-minutes', '0');
    await firstCheckpoint('killed');
    run.child.kill('SIGKILL');
    expect((await run.ended).code).toBe('SIGKILL');
    const contradiction = await start('--run-name', 'killed', '--resume', '--epochs', '9').ended;
    expect([contradiction.code, contradiction.stderr]).toEqual([2, expect.stringMatching(/contradicts/)]);
    expect((await start('--run-name', 'killed', '--resume').ended).code).toBe(0);
    expect(finalState('killed')).toEqual(finalState('whole'));
    expect(history('killed')).toEqual(history('whole'));
  });
});

test('a loss that is not finite stops the run and keeps the last good checkpoint', async () => {
  const { code, stderr } = await train('diverged', 6, '--optimizer', 'sgd', '--base-lr', '1e12').ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/diverged/);
  expect(stderr).not.toMatch(/\n\s+at /);
});

describe('bad input ends with code 2 and one paragraph', () => {
  test.each([
    [['--arch', 'resnet81'], /Did you mean "resnet18"/],
    [['--engine', 'onednm'], /engine/],
    [['--dataset', 'cifar11'], /Did you mean "cifar10"/],
    [['--epochs', 'ten'], /--epochs: expected a whole number/],
    [['--batch-size', '64000', '--dataset', 'cifar10'], /64000 is more than the 90 training images/],
    [['--dataset', 'cifar10', '--run-name', '../escape'], /--run-name/],
    [['--resume', '--run-name', 'nothing'], /no run to resume/],
    [['--config', 'missing.json'], /missing.json/],
    [['--epocs', '3'], /--epochs/],
  ])('%j', async (flags, message) => {
    const { code, stderr } = await start(...flags).ended;
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  test('a checkpoint that is damaged', async () => {
    const run = train('damaged', 50);
    await firstCheckpoint('damaged');
    run.child.kill('SIGKILL');
    await run.ended;
    for (const file of checkpoints('damaged')) {
      const path = join(expDir, 'damaged', 'checkpoints', file);
      writeFileSync(path, readFileSync(path).subarray(0, 1000));
    }
    const { code, stderr } = await start('--run-name', 'damaged', '--resume').ended;
    expect([code, stderr]).toEqual([2, expect.stringMatching(/is not a sound safetensors file/)]);
  });
});

test('images without labels are trained on, without accuracies', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'encodergym-photos-'));
  const rng = new Generator(1);
  for (let i = 0; i < 40; i++) {
    const canvas = createCanvas(24, 20);
    const context = canvas.getContext('2d');
    context.fillStyle = `rgb(${rng.integers(0, 256)}, ${rng.integers(0, 256)}, ${rng.integers(0, 256)})`;
    context.fillRect(rng.integers(0, 12), rng.integers(0, 10), 12, 10);
    writeFileSync(join(folder, `${i}.png`), canvas.toBuffer('image/png'));
  }
  const { code, stderr, result } = await start(
    ...NET.split(' '),
    ...['--dataset', folder, '--image-size', '16', '--epochs', '1', '--run-name', 'photos', '--json'],
  ).ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(result).toMatchObject({ ending: 'finished', steps: 2, dataset: folder });
  expect(result).not.toHaveProperty('knn');
  expect(result.rankMe).toBeGreaterThan(1);
});
