import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadDataset, type ImageSet } from '../../../src/data/index.js';
import { CorruptFileError, UserError } from '../../../src/errors.js';
import { cifarBatch, cifarByte, put, putCifar10, withFolder } from '../fixtures.js';

const pixel = ({ images, size }: ImageSet, n: number, y: number, x: number): number[] =>
  Array.from({ length: 3 }, (_, c) => images[((n * size[0] + y) * size[1] + x) * 3 + c]);

describe('CIFAR-10', () => {
  test('planes become pixels, in the order of the files', () =>
    withFolder(async (dataDir) => {
      putCifar10(dataDir, 8);
      const { name, reason, train, heldOut, test, mean, std } = await loadDataset('cifar10', dataDir);
      expect(name).toBe('cifar10');
      expect(reason).toBeUndefined();
      expect([train.count, heldOut.count, test?.count]).toEqual([36, 4, 8]);
      expect(train.images.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(train.images).toHaveLength(36 * 32 * 32 * 3);
      for (const [n, y, x] of [
        [0, 0, 0],
        [11, 31, 2],
        [35, 17, 30],
      ]) {
        expect(pixel(train, n, y, x)).toEqual([0, 1, 2].map((c) => cifarByte(n, y, x, c)));
        expect(train.labels[n]).toBe((n * 3) % 10);
      }
      expect(train.classes).toEqual([...'abcdefghij']);
      expect(mean).toEqual([0.4914, 0.4822, 0.4465]);
      expect(std).toEqual([0.2023, 0.1994, 0.201]);
    }));

  test('the last records of the last batch are held out', () =>
    withFolder(async (dataDir) => {
      putCifar10(dataDir, 8);
      const { train, heldOut } = await loadDataset('cifar10', dataDir, { holdOut: 3 });
      expect([train.count, heldOut.count]).toEqual([37, 3]);
      expect([...heldOut.labels]).toEqual([37, 38, 39].map((n) => (n * 3) % 10));
      expect(pixel(heldOut, 2, 5, 6)).toEqual([0, 1, 2].map((c) => cifarByte(39, 5, 6, c)));
    }));

  test('the folder may be the data folder', () =>
    withFolder(async (dataDir) => {
      const { train } = await loadDataset('cifar10', putCifar10(dataDir, 8));
      expect(train.count).toBe(36);
    }));

  test('without a name it is taken when it is there, else the bundled images', () =>
    withFolder(async (dataDir) => {
      const bundled = await loadDataset(undefined, dataDir);
      expect(bundled.name).toBe('fashion-mnist-mini');
      expect(bundled.reason).toContain(dataDir);
      putCifar10(dataDir, 8);
      const found = await loadDataset(undefined, dataDir);
      expect(found.name).toBe('cifar10');
      expect(found.reason).toContain('CIFAR-10 is in');
    }));

  test('a truncated batch names the file', () =>
    withFolder(async (dataDir) => {
      const file = join(putCifar10(dataDir, 8), 'data_batch_3.bin');
      truncateSync(file, 5000);
      const loading = loadDataset('cifar10', dataDir);
      await expect(loading).rejects.toThrow(CorruptFileError);
      await expect(loading).rejects.toThrow(/data_batch_3\.bin is truncated.*multiple of 3073 bytes.*5000/);
    }));

  test('a cut between two records is found where other files have their published size', () =>
    withFolder(async (dataDir) => {
      const folder = putCifar10(dataDir, 8);
      put(join(folder, 'data_batch_1.bin'), Buffer.alloc(10_000 * 3073));
      await expect(loadDataset('cifar10', dataDir)).rejects.toThrow(/data_batch_2\.bin is not whole.*10000.*found 8/);
    }));

  test('a label out of range names file and image', () =>
    withFolder(async (dataDir) => {
      const file = join(putCifar10(dataDir, 8), 'data_batch_2.bin');
      const bytes = readFileSync(file);
      bytes[5 * 3073] = 10;
      writeFileSync(file, bytes);
      await expect(loadDataset('cifar10', dataDir)).rejects.toThrow(/data_batch_2\.bin.*image 5 has label 10/);
    }));

  test('a missing batch and wrong class names are told', () =>
    withFolder(async (dataDir) => {
      const folder = putCifar10(dataDir, 8);
      put(join(folder, 'batches.meta.txt'), 'one\ntwo\n');
      await expect(loadDataset('cifar10', dataDir)).rejects.toThrow(/should name 10 classes.*found 2/);
      rmSync(join(folder, 'batches.meta.txt'));
      expect((await loadDataset('cifar10', dataDir)).train.classes[9]).toBe('truck');
      rmSync(join(folder, 'data_batch_4.bin'));
      await expect(loadDataset('cifar10', dataDir)).rejects.toThrow(/data_batch_4\.bin is missing/);
    }));

  test('a set that is not there: says where it belongs and how to get it', () =>
    withFolder(async (dataDir) => {
      const loading = loadDataset('cifar10', dataDir);
      await expect(loading).rejects.toThrow(UserError);
      await expect(loading).rejects.toThrow(/cifar-10-batches-bin.*--download.*by hand/);
      expect(existsSync(join(dataDir, 'cifar-10-batches-bin'))).toBe(false);
    }));

  test.each([0, 40, 2.5, -1])('holding out %d of 40 images is refused', (holdOut) =>
    withFolder(async (dataDir) => {
      putCifar10(dataDir, 8);
      await expect(loadDataset('cifar10', dataDir, { holdOut })).rejects.toThrow(/from 1 to 39/);
    }));

  test('too few images', () =>
    withFolder(async (dataDir) => {
      putCifar10(dataDir, 2);
      await expect(loadDataset('cifar10', dataDir)).rejects.toThrow(/too few images.*at least 20, found 10/);
    }));
});

describe('CIFAR-100', () => {
  test('the fine label is used', () =>
    withFolder(async (dataDir) => {
      const labels = (n: number) => [n % 20, (n * 7) % 100];
      put(join(dataDir, 'cifar-100-binary/train.bin'), cifarBatch(30, labels));
      put(join(dataDir, 'cifar-100-binary/test.bin'), cifarBatch(5, labels));
      const { train, heldOut, test: testSet } = await loadDataset('cifar100', dataDir);
      expect([train.count, heldOut.count, testSet?.count]).toEqual([27, 3, 5]);
      expect([...train.labels.subarray(0, 16)]).toEqual(Array.from({ length: 16 }, (_, n) => (n * 7) % 100));
      expect(train.classes).toHaveLength(100);
      expect(pixel(train, 20, 9, 8)).toEqual([0, 1, 2].map((c) => cifarByte(20, 9, 8, c)));
    }));

  test('half of the training file', () =>
    withFolder(async (dataDir) => {
      put(join(dataDir, 'cifar-100-binary/train.bin'), Buffer.alloc(25_000 * 3074));
      put(join(dataDir, 'cifar-100-binary/test.bin'), Buffer.alloc(10_000 * 3074));
      await expect(loadDataset('cifar100', dataDir)).rejects.toThrow(/train\.bin is not whole.*50000.*25000/);
    }));
});

describe('names', () => {
  test.each([
    ['cifar11', 'cifar10'],
    ['fashion_mnist', 'fashion-mnist'],
    ['tinyimagenet', 'tiny-imagenet'],
  ])('%s: did you mean %s?', async (wrong, nearest) => {
    await expect(loadDataset(wrong, '.')).rejects.toThrow(`Did you mean "${nearest}"?`);
  });
});
