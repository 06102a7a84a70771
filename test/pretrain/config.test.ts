/** @file Flags, config files and their errors. */
import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { resolveConfig } from '../../src/pretrain/config.js';
import { OPTIONS } from '../../src/pretrain/options.js';
import { resumedOptions } from '../../src/runs/index.js';

function configFile(content: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'encodergym-')), 'config.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('resolveConfig', () => {
  test('defaults, then the file, then flags', () => {
    const file = configFile({
      about: 'a test',
      command: 'none',
      epochs: 7,
      'batch-size': 64,
      'warmup-epochs': 1,
    });
    const config = resolveConfig({ batchSize: '32', clipLr: false }, file);
    expect(config).toMatchObject({ epochs: 7, batchSize: 32, clipLr: false, simCoeff: 25, arch: 'resnet18' });
  });

  test('without a recipe it is the quick start; with an encoder or a data set it is not', () => {
    expect(resolveConfig({}).epochs).not.toBe(100);
    expect(resolveConfig({ seed: '3' }).seed).toBe(3);
    expect(resolveConfig({ arch: 'resnet50' }).epochs).toBe(100);
    expect(resolveConfig({ dataset: 'cifar10' }).epochs).toBe(100);
  });

  const files = readdirSync(join(PROJECT_ROOT, 'configs')).filter((name) => name.endsWith('.json'));
  test.each(files)('configs/%s is sound', (name) => {
    expect(resolveConfig({}, join(PROJECT_ROOT, 'configs', name)).epochs).toBeGreaterThan(0);
  });

  test('ranges', () => {
    expect(resolveConfig({ cropScale: '0.08-1' }).cropScale).toEqual([0.08, 1]);
    expect(resolveConfig({}, configFile({ 'crop-scale': [0.5, 0.5] })).cropScale).toEqual([0.5, 0.5]);
  });

  test.each([
    [{ epochs: '1.5' }, /--epochs: expected a whole number from 1, found "1.5"/],
    [{ epochs: '0' }, /--epochs/],
    [{ baseLr: 'fast' }, /--base-lr: expected a number from 0, found "fast"/],
    [{ baseLr: 'Infinity' }, /--base-lr/],
    [{ baseLr: '' }, /--base-lr/],
    [{ wd: '-1' }, /--wd/],
    [{ arch: 'resnet81' }, /Unknown arch "resnet81". Did you mean "resnet18"/],
    [{ optimizer: 'larz' }, /Did you mean "lars"/],
    [{ method: 'vicregg' }, /Did you mean "vicreg"/],
    [{ cropScale: '1-0.2' }, /--crop-scale/],
    [{ cropScale: '0.2' }, /--crop-scale/],
    [{ mlp: '2048x2048' }, /2048x2048/],
    [{ epochs: '2', warmupEpochs: '3' }, /--warmup-epochs 3 is more than --epochs 2/],
  ])('%j is refused', (flags, message) => {
    expect(() => resolveConfig(flags)).toThrow(UserError);
    expect(() => resolveConfig(flags)).toThrow(message);
  });

  test.each([
    [{ 'batch-sise': 2 }, /unknown option "batch-sise". Did you mean "batch-size"/],
    [{ epochs: 'many' }, /"epochs": expected a whole number/],
    [{ 'clip-lr': 1 }, /"clip-lr": expected true or false, found 1/],
    [[1], /one JSON object/],
    ['{"epochs": ', /is not JSON/],
  ])('the file %j is refused', (content, message) => {
    expect(() => resolveConfig({}, configFile(content))).toThrow(message);
  });

  test('a file that is missing is named', () => {
    expect(() => resolveConfig({}, '/nowhere/config.json')).toThrow(/Cannot read \/nowhere\/config.json/);
  });
});

describe('resumedOptions', () => {
  const saved = resolveConfig({ arch: 'resnet18', epochs: '20' });

  test('goes on with the run; what does not change the weights may change', () => {
    expect(resumedOptions(OPTIONS, saved, { numWorkers: '1', epochs: '20' })).toEqual({
      ...saved,
      numWorkers: 1,
    });
  });

  test('a flag that contradicts the run is refused', () => {
    expect(() => resumedOptions(OPTIONS, saved, { epochs: '30' })).toThrow(
      /--epochs 30 contradicts the run to resume, which has 20/,
    );
  });
});
