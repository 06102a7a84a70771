/** @file A ResNet-18 that PyTorch wrote, with its classifier: the same embeddings and the same kNN predictions here. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embed, nearestNeighbours } from '../../src/classify/index.js';
import { knnProbabilities } from '../../src/classify/knn.js';
import { loadDataset, normalizeImages, selectImages, type ImageSet } from '../../src/data/index.js';
import { loadEncoder, saveSafetensors, type StoredTensor } from '../../src/encoders/index.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import { torchOrder } from '../encoders/golden.js';
import { newFolder } from './stub.js';

const hasTorch = spawnSync('/usr/bin/python3', ['-c', 'import torch, torchvision']).status === 0;
const [K, TEMPERATURE] = [20, 0.1];
const folder = newFolder();
beforeAll(async () => {
  await useEngine();
});
afterAll(() => rmSync(folder, { recursive: true }));

(hasTorch ? test : test.skip)('same embeddings, same kNN predictions', async () => {
  const data = await loadDataset('fashion-mnist-mini', folder);
  const first = (set: ImageSet, count: number) =>
    selectImages(
      set,
      Int32Array.from({ length: count }, (_, i) => i),
    );
  const [bank, queries] = [first(data.train, 300), first(data.test!, 100)];
  const stored = (set: ImageSet): StoredTensor => {
    const all = Int32Array.from({ length: set.count }, (_, i) => i);
    const pixels = tf.tensor4d(normalizeImages(set, all, data), [set.count, ...set.size, 3]);
    const tensor = {
      dtype: 'F32' as const,
      shape: [set.count, 3, ...set.size],
      data: torchOrder(pixels, 'image'),
    };
    pixels.dispose();
    return tensor;
  };
  const [images, file] = ['images', 'resnet18'].map((name) => join(folder, `${name}.safetensors`));
  const labels = { dtype: 'I32' as const, shape: [bank.count], data: bank.labels };
  saveSafetensors(
    images,
    new Map([
      ['bank', stored(bank)],
      ['queries', stored(queries)],
      ['bank_labels', labels],
    ]),
  );
  const script = join(PROJECT_ROOT, 'test', 'classify', 'torchvision_reference.py');
  const { stdout, stderr } = spawnSync(
    '/usr/bin/python3',
    [script, images, file, String(K), String(TEMPERATURE)],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
    },
  );
  expect(stderr).not.toMatch(/Error/);
  const reference = JSON.parse(stdout) as { embeddings: number[][]; predictions: number[] };

  const encoder = loadEncoder(file);
  const [known, asked] = [await embed(encoder, bank, data), await embed(encoder, queries, data)];
  encoder.dispose();
  const expected = reference.embeddings.flat();
  expect(asked.features).toHaveLength(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expected.forEach((value, i) => expect(Math.abs(value - asked.features[i])).toBeLessThan(1e-5 * largest));

  const votes = knnProbabilities(await nearestNeighbours(known, asked, K), bank.labels, 10, {
    k: K,
    temperature: TEMPERATURE,
  });
  const predictions = Array.from({ length: queries.count }, (_, query) => {
    const row = votes.subarray(10 * query, 10 * query + 10);
    return row.indexOf(Math.max(...row));
  });
  expect(predictions).toEqual(reference.predictions);
  expect(new Set(predictions).size).toBeGreaterThan(5);
});
