/** @file The settings' lists, and the configs of evaluations that come with the project. */
import { expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CLASSIFY_OPTIONS, readLists } from '../../src/classify/options.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { readConfigFile, resolveOptions } from '../../src/runs/index.js';

const FOLDER = join(PROJECT_ROOT, 'configs', 'classify');

test.each(readdirSync(FOLDER))('configs/classify/%s is sound', (name) => {
  const file = join(FOLDER, name);
  const config = resolveOptions(
    CLASSIFY_OPTIONS,
    {},
    { options: readConfigFile(CLASSIFY_OPTIONS, file), file },
  );
  const { encoders, labels, finetune } = readLists(config);
  expect(encoders.length).toBeGreaterThan(0);
  for (const part of labels) expect(finetune.epochs.get(part)).toBeGreaterThan(0);
});

test('lists are read, parts of the labels largest first', () => {
  const config = resolveOptions(CLASSIFY_OPTIONS, {
    encoder: 'ssl, random,ssl',
    labels: '1%,100%',
    finetuneEpochs: '50,3',
    linearLr: '0.1,0.01',
    mlp: '64-32',
  });
  expect(readLists(config)).toMatchObject({
    encoders: ['ssl', 'random'],
    protocols: ['linear'],
    labels: [1, 0.01],
    frozen: { linearLr: [0.1, 0.01], hidden: [64, 32], k: [200] },
    finetune: {
      epochs: new Map([
        [0.01, 50],
        [1, 3],
      ]),
      lrs: [0.05],
    },
  });
});
