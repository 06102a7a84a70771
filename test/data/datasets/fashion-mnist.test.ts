import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { readIdxSet } from '../../../src/data/datasets/idx.js';
import { loadDataset, type ImageSet } from '../../../src/data/index.js';
import { CorruptFileError } from '../../../src/errors.js';
import { PROJECT_ROOT } from '../../../src/files.js';
import { idx, put, withFolder } from '../fixtures.js';

const COUNT = 40;
const pixels = Uint8Array.from({ length: COUNT * 28 * 28 }, (_, i) => (i * 31) % 251);
const labels = Uint8Array.from({ length: COUNT }, (_, i) => (i * 7) % 10);

function putFashion(folder: string, suffix: string, pack: (bytes: Buffer) => Buffer): void {
  for (const part of ['train', 't10k']) {
    put(join(folder, `${part}-images-idx3-ubyte${suffix}`), pack(idx([COUNT, 28, 28], pixels)));
    put(join(folder, `${part}-labels-idx1-ubyte${suffix}`), pack(idx([COUNT], labels)));
  }
}

const histogram = (set: ImageSet): number[] =>
  set.classes.map((_, label) => set.labels.filter((found) => found === label).length);

describe('Fashion-MNIST', () => {
  test.each([
    ['fashion-mnist', '.gz', gzipSync],
    ['FashionMNIST/raw', '', (bytes: Buffer) => bytes],
  ])('in %s, as *-ubyte%s: padded by 2 zeros, grey in three channels', (place, suffix, pack) =>
    withFolder(async (dataDir) => {
      putFashion(join(dataDir, place), suffix, pack);
      const { train, heldOut, mean, std } = await loadDataset('fashion-mnist', dataDir);
      expect([train.count, heldOut.count]).toEqual([36, 4]);
      expect(train.size).toEqual([32, 32]);
      const at = (n: number, y: number, x: number) => ((n * 32 + y) * 32 + x) * 3;
      let sum = 0;
      for (const n of [0, 5, 35]) {
        for (let y = 0; y < 32; y++) {
          for (let x = 0; x < 32; x++) {
            const inside = y >= 2 && y < 30 && x >= 2 && x < 30;
            const expected = inside ? pixels[(n * 28 + y - 2) * 28 + x - 2] : 0;
            const found = train.images.subarray(at(n, y, x), at(n, y, x) + 3);
            if (found.some((value) => value !== expected)) sum++;
          }
        }
      }
      expect(sum).toBe(0);
      expect([...train.labels]).toEqual([...labels.subarray(0, 36)]);
      // Of the 36 images that are trained on, borders included.
      const total = pixels.subarray(0, 36 * 784).reduce((a, b) => a + b, 0);
      const squares = pixels.subarray(0, 36 * 784).reduce((a, b) => a + b * b, 0);
      const expectedMean = total / (36 * 1024);
      expect(mean[1]).toBeCloseTo(expectedMean / 255, 12);
      expect(std[2]).toBeCloseTo(Math.sqrt(squares / (36 * 1024) - expectedMean ** 2) / 255, 12);
    }),
  );

  test.each<[string, string, Buffer, RegExp]>([
    ['cut', 'images-idx3', idx([COUNT, 28, 28], pixels).subarray(0, 9000), /promises 31360 bytes.*found 8984/],
    ['cut gzip', 'images-idx3', gzipSync(idx([COUNT, 28, 28], pixels)).subarray(0, 300), /does not decompress/],
    ['another format', 'images-idx3', Buffer.from('<!DOCTYPE html><html></html>'), /not an idx file of images/],
    ['empty', 'labels-idx1', Buffer.alloc(0), /not an idx file of labels/],
    ['label 10', 'labels-idx1', idx([COUNT], new Uint8Array(COUNT).fill(10)), /image 0 has label 10/],
    ['too few labels', 'labels-idx1', idx([3], labels.subarray(0, 3)), /40 images.*3 labels/],
  ])('corrupt: %s', (_, kind, bytes, message) =>
    withFolder((folder) => {
      putFashion(folder, '', (whole) => whole);
      put(join(folder, `train-${kind}-ubyte`), bytes);
      const read = () => readIdxSet('f', Array<string>(10).fill(''), folder, 'train', 32);
      expect(read).toThrow(CorruptFileError);
      expect(read).toThrow(message);
    }),
  );
});

describe('the bundled images', () => {
  const FILES = {
    'train-images-idx3-ubyte.br': 'b98a426cf7bd1143c26f498538bf4cbbbaf5b44931121b0d1033fbfe6211cec9',
    'train-labels-idx1-ubyte.br': '892536519c09c6ea9beb867491b1bdc6565509b874d5f0bf1e25891d77ed53f2',
    't10k-images-idx3-ubyte.br': 'df748505ba39859054899be0d7a0176387e97f53380cc929e690c948a6a02bec',
    't10k-labels-idx1-ubyte.br': '7b4196c089bb17c9014d612bbded8621e764bbf10c9eadff914a7fa4253b7934',
  };

  test.each(Object.entries(FILES))('%s is as it was made', (file, sha256) => {
    const bytes = readFileSync(join(PROJECT_ROOT, 'assets', 'fashion-mnist', file));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  });

  test('every part has as many of each class', async () => {
    const { train, heldOut, test: testSet, mean, std } = await loadDataset('fashion-mnist-mini', 'nowhere');
    expect(histogram(train)).toEqual(Array(10).fill(1800));
    expect(histogram(heldOut)).toEqual(Array(10).fill(200));
    expect(histogram(testSet!)).toEqual(Array(10).fill(200));
    expect(train.images.buffer).toBeInstanceOf(SharedArrayBuffer);
    // Published: .2860 and .3530 without the border, which dilutes them to .219 and .332.
    expect(mean[0]).toBeCloseTo(0.286 * (28 / 32) ** 2, 2);
    expect(std[0]).toBeCloseTo(0.332, 2);
  });
});
