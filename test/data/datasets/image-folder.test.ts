import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadDataset, type ImageSet } from '../../../src/data/index.js';
import type { TaskProgress } from '../../../src/progress.js';
import { CorruptFileError } from '../../../src/errors.js';
import { image, put, withFolder } from '../fixtures.js';

const COLOURS = { blue: [0, 0, 255], red: [255, 0, 0] } as const;

/** `count` images a class, JPEG and PNG in turn, wider than high. */
function putClasses(folder: string, count: number): void {
  for (const colour of Object.keys(COLOURS)) {
    for (let i = 0; i < count; i++) {
      const format = i % 2 ? 'png' : 'jpeg';
      put(join(folder, colour, `${i}.${format === 'png' ? 'PNG' : 'jpg'}`), image(format, colour, 60 + i, 40));
    }
  }
}

/** The mean colour of the right half of an image. */
function rightHalf({ images, size: [height, width] }: ImageSet, n: number): number[] {
  const sums = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = width / 2; x < width; x++) {
      for (let c = 0; c < 3; c++) sums[c] += images[((n * height + y) * width + x) * 3 + c];
    }
  }
  return sums.map((sum) => Math.round((sum / (height * width)) * 2));
}

function expectColours(set: ImageSet): void {
  for (let n = 0; n < set.count; n++) {
    const colour = COLOURS[set.classes[set.labels[n]] as keyof typeof COLOURS];
    rightHalf(set, n).forEach((value, c) => expect(Math.abs(value - colour[c])).toBeLessThan(4));
  }
}

describe('image folders', () => {
  test('a folder a class: decoded, cut to squares, mixed', () =>
    withFolder(async (folder) => {
      putClasses(join(folder, 'photos'), 15);
      const { name, train, heldOut, test } = await loadDataset(join(folder, 'photos'), folder, { imageSize: 16 });
      expect(name).toBe(join(folder, 'photos'));
      expect([train.count, heldOut.count, test]).toEqual([27, 3, undefined]);
      expect(train.classes).toEqual(['blue', 'red']);
      expect(train.size).toEqual([16, 16]);
      expectColours(train);
      expectColours(heldOut);
      const first = [...train.labels.subarray(0, 15)];
      expect(first).toContain(0);
      expect(first).toContain(1);
    }));

  test('train/ and val/', () =>
    withFolder(async (folder) => {
      putClasses(join(folder, 'train'), 12);
      putClasses(join(folder, 'val'), 2);
      put(join(folder, 'val', 'notes.txt'), 'not an image');
      const { train, test: testSet } = await loadDataset('image-folder', folder);
      expect([train.count, testSet?.count]).toEqual([22, 4]);
      expect(train.size).toEqual([32, 32]);
      expectColours(testSet!);
      put(join(folder, 'val', 'green', '0.png'), image('png', 'green', 32, 32));
      await expect(loadDataset('image-folder', folder)).rejects.toThrow(/has the class "green"/);
    }));

  test('without labels', () =>
    withFolder(async (folder) => {
      for (let i = 0; i < 20; i++) put(join(folder, `${i}.png`), image('png', 'red', 32, 32));
      const { train } = await loadDataset('image-folder', folder);
      expect(train.classes).toEqual(['unlabelled']);
      expect(train.count).toBe(18);
    }));

  test('transparent parts become white', () =>
    withFolder(async (folder) => {
      for (let i = 0; i < 20; i++) put(join(folder, `${i}.png`), image('png', 'rgba(255, 0, 0, 0.5)', 32, 32));
      const { train } = await loadDataset('image-folder', folder);
      const [red, green, blue] = rightHalf(train, 0);
      expect(red).toBe(255);
      expect(Math.abs(green - 127)).toBeLessThan(3);
      expect(blue).toBe(green);
    }));

  test('files are decoded once, and again when one changes', () =>
    withFolder(async (folder) => {
      const photos = join(folder, 'photos');
      putClasses(photos, 10);
      const load = async () => {
        const seen: TaskProgress[] = [];
        const { train } = await loadDataset(photos, folder, { onProgress: (progress) => seen.push(progress) });
        return { seen, images: Buffer.from(train.images) };
      };
      const first = await load();
      expect(first.seen.at(-1)).toEqual({ task: `Decoding ${photos}`, done: 20, total: 20, unit: 'images' });
      const second = await load();
      expect(second.seen).toEqual([]);
      expect(second.images.equals(first.images)).toBe(true);

      const file = join(photos, 'red', '3.PNG');
      const { mtimeMs } = statSync(file);
      writeFileSync(file, image('png', 'blue', 50, 40));
      utimesSync(file, mtimeMs / 1000, mtimeMs / 1000 + 10);
      const third = await load();
      expect(third.seen).toHaveLength(20);
      expect(third.images.equals(first.images)).toBe(false);

      const cache = join(folder, '.image-cache');
      const [kept] = readdirSync(cache);
      expect(readdirSync(cache)).toEqual([kept]);
      writeFileSync(join(cache, kept), readFileSync(join(cache, kept)).subarray(0, 5000));
      expect((await load()).images.equals(third.images)).toBe(true);
    }));

  const jpeg = image('jpeg', 'red', 300, 300);
  const png = image('png', 'red', 300, 300);
  const damaged = Buffer.from(png);
  damaged[damaged.length >> 1] ^= 0xff;
  test.each<[string, Buffer, RegExp]>([
    ['half a JPEG', jpeg.subarray(0, jpeg.length >> 1), /truncated/],
    ['a JPEG without its end', jpeg.subarray(0, jpeg.length - 2), /truncated/],
    ['half a PNG', png.subarray(0, png.length >> 1), /truncated/],
    ['a PNG with a wrong byte', damaged, /damaged/],
    ['text', Buffer.from('hello'), /neither a JPEG nor a PNG/],
    ['nothing', Buffer.alloc(0), /neither a JPEG nor a PNG/],
  ])('%s: the file is named', (_, bytes, message) =>
    withFolder(async (folder) => {
      putClasses(join(folder, 'photos'), 10);
      put(join(folder, 'photos', 'red', 'bad.jpg'), bytes);
      const loading = loadDataset(join(folder, 'photos'), folder);
      await expect(loading).rejects.toThrow(CorruptFileError);
      await expect(loading).rejects.toThrow(/red\/bad\.jpg cannot be decoded/);
      await expect(loading).rejects.toThrow(message);
    }),
  );

  test('folders that cannot be meant', () =>
    withFolder(async (folder) => {
      await expect(loadDataset(join(folder, 'nope'), folder)).rejects.toThrow(/no image folder/);
      await expect(loadDataset('image-folder', folder)).rejects.toThrow(/no images in/);
      putClasses(folder, 1);
      await expect(loadDataset('image-folder', folder)).rejects.toThrow(/too few images.*found 2/);
      put(join(folder, 'stray.png'), image('png', 'red', 32, 32));
      await expect(loadDataset('image-folder', folder)).rejects.toThrow(/both folders of images/);
      await expect(loadDataset('image-folder', folder, { imageSize: 0 })).rejects.toThrow(/image size/);
    }));
});

describe('Tiny ImageNet', () => {
  test('labels of both parts, names of the classes', () =>
    withFolder(async (dataDir) => {
      const folder = join(dataDir, 'tiny-imagenet-200');
      put(join(folder, 'wnids.txt'), 'n02\nn01\n');
      put(join(folder, 'words.txt'), 'n01\tgoldfish, Carassius auratus\nn03\tother\n');
      const colours = { n01: 'red', n02: 'blue' };
      for (const [id, colour] of Object.entries(colours)) {
        for (let i = 0; i < 12; i++) {
          put(join(folder, 'train', id, 'images', `${id}_${i}.JPEG`), image('jpeg', colour, 64, 64));
        }
        put(join(folder, 'val', 'images', `val_${id}.JPEG`), image('jpeg', colour, 64, 64));
      }
      const annotations = join(folder, 'val', 'val_annotations.txt');
      put(annotations, 'val_n02.JPEG\tn02\t0\t0\t62\t62\nval_n01.JPEG\tn01\t0\t0\t62\t62\n');
      const { train, heldOut, test: testSet } = await loadDataset('tiny-imagenet', dataDir);
      expect(train.classes).toEqual(['goldfish', 'n02']);
      expect([train.count, heldOut.count, train.size]).toEqual([22, 2, [64, 64]]);
      expect([...testSet!.labels]).toEqual([1, 0]);
      expect(rightHalf(testSet!, 0)[2]).toBeGreaterThan(250);
      for (let n = 0; n < train.count; n++) {
        expect(rightHalf(train, n)[train.labels[n] === 0 ? 0 : 2]).toBeGreaterThan(250);
      }
      put(annotations, 'val_n02.JPEG\tn99\t0\t0\t62\t62\n');
      await expect(loadDataset('tiny-imagenet', dataDir)).rejects.toThrow(/val_annotations\.txt, line 1/);
      put(annotations, 'gone.JPEG\tn01\t0\t0\t62\t62\n');
      await expect(loadDataset('tiny-imagenet', dataDir)).rejects.toThrow(/gone\.JPEG is missing/);
    }));
});
