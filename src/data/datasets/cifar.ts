/**
 * @file CIFAR-10 and CIFAR-100 in their binary layout (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html):
 * records of one label byte (two in CIFAR-100: coarse, fine) and 3,072 pixel bytes, red, green and blue planes.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptFileError, UserError } from '../../errors.js';
import { allocateImages, imageSet } from '../image-set.js';
import type { ImageSet } from '../types.js';
import { findFolder, readBytes, readLines, type Dataset } from './dataset.js';

const SIDE = 32;
const PLANE = SIDE * SIDE;

interface CifarLayout {
  name: string;
  folder: string;
  /** Label bytes of a record; the last one is used. */
  labelBytes: number;
  trainFiles: readonly string[];
  testFile: string;
  /** Records of each published file. */
  published: Readonly<Record<string, number>>;
  classFile: string;
  classCount: number;
  /** Names where the class file is missing. */
  classes: string[];
}

const BATCHES = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);

const CIFAR10: CifarLayout = {
  name: 'cifar10',
  folder: 'cifar-10-batches-bin',
  labelBytes: 1,
  trainFiles: BATCHES,
  testFile: 'test_batch.bin',
  published: Object.fromEntries([...BATCHES, 'test_batch.bin'].map((file) => [file, 10_000])),
  classFile: 'batches.meta.txt',
  classCount: 10,
  classes: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
};

const CIFAR100: CifarLayout = {
  name: 'cifar100',
  folder: 'cifar-100-binary',
  labelBytes: 2,
  trainFiles: ['train.bin'],
  testFile: 'test.bin',
  published: { 'train.bin': 50_000, 'test.bin': 10_000 },
  classFile: 'fine_label_names.txt',
  classCount: 100,
  classes: Array.from({ length: 100 }, (_, i) => `class ${i}`),
};

/** CIFAR-10; its statistics are the ones its published recipes normalise with. */
export const cifar10: Dataset = {
  name: CIFAR10.name,
  description: 'CIFAR-10: 50,000 + 10,000 photographs of 10 classes, 32x32',
  layout: 'data_batch_1.bin to data_batch_5.bin and test_batch.bin in cifar-10-batches-bin/',
  archives: [
    {
      url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
      md5: 'c32a1d4ab5d03f1284b67883e8d87530',
      folder: CIFAR10.folder,
      format: 'tar.gz',
    },
  ],
  statistics: { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] },
  locate: (dataDir) => locate(CIFAR10, dataDir),
  read: (folder) => read(CIFAR10, folder),
};

/** CIFAR-100 with its 100 fine labels. */
export const cifar100: Dataset = {
  name: CIFAR100.name,
  description: 'CIFAR-100: 50,000 + 10,000 photographs of 100 classes, 32x32',
  layout: 'train.bin and test.bin in cifar-100-binary/',
  archives: [
    {
      url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
      md5: '03b5dce01913d631647c71ecec9e9cb8',
      folder: CIFAR100.folder,
      format: 'tar.gz',
    },
  ],
  statistics: { mean: [0.5071, 0.4867, 0.4408], std: [0.2675, 0.2565, 0.2761] },
  locate: (dataDir) => locate(CIFAR100, dataDir),
  read: (folder) => read(CIFAR100, folder),
};

/** One file is enough to be meant: which others are missing is an error that `read` names. */
function locate({ folder, trainFiles }: CifarLayout, dataDir: string): string | undefined {
  return findFolder([join(dataDir, folder), dataDir], trainFiles[0]);
}

function read(layout: CifarLayout, folder: string): { train: ImageSet; test: ImageSet } {
  const { name, labelBytes, trainFiles, testFile, published, classFile, classCount } = layout;
  const recordBytes = labelBytes + 3 * PLANE;
  const batches = [...trainFiles, testFile].map((file) => readBatch(join(folder, file), recordBytes));
  // A cut may fall between two records. Sets in which no file has its published size were made small on purpose.
  const expected = [...trainFiles, testFile].map((file) => published[file]);
  const isPublished = batches.some(({ count }, i) => count === expected[i]);
  batches.forEach(({ path, count }, i) => {
    if (isPublished && count !== expected[i]) {
      throw new CorruptFileError(
        `${path} is not whole: expected ${expected[i]} images, found ${count}. Copy or unpack it again.`,
      );
    }
  });
  const classPath = join(folder, classFile);
  const classes = existsSync(classPath) ? readLines(classPath) : layout.classes;
  if (classes.length !== classCount) {
    throw new CorruptFileError(
      `${classPath} should name ${classCount} classes, one a line, found ${classes.length}. Copy it again or delete it.`,
    );
  }
  const test = batches.pop()!;
  return {
    train: toSet(name, classes, batches, labelBytes),
    test: toSet(name, classes, [test], labelBytes),
  };
}

interface Batch {
  path: string;
  bytes: Buffer;
  count: number;
}

function readBatch(path: string, recordBytes: number): Batch {
  if (!existsSync(path)) {
    throw new UserError(
      `${path} is missing, though other files of the data set are there. Copy or unpack the whole data set again.`,
    );
  }
  const bytes = readBytes(path);
  if (bytes.length === 0 || bytes.length % recordBytes !== 0) {
    throw new CorruptFileError(
      `${path} is truncated or corrupt: expected a multiple of ${recordBytes} bytes (one image), found ` +
        `${bytes.length} bytes. Copy or unpack it again.`,
    );
  }
  return { path, bytes, count: bytes.length / recordBytes };
}

function toSet(name: string, classes: string[], batches: readonly Batch[], labelBytes: number): ImageSet {
  const total = batches.reduce((sum, { count }) => sum + count, 0);
  const images = allocateImages(total, [SIDE, SIDE]);
  const labels = new Int32Array(total);
  let to = 0;
  let image = 0;
  for (const { path, bytes, count } of batches) {
    for (let record = 0; record < count; record++) {
      const start = record * (labelBytes + 3 * PLANE) + labelBytes;
      const label = bytes[start - 1];
      if (label >= classes.length) {
        throw new CorruptFileError(
          `${path} is corrupt: image ${record} has label ${label}, expected 0 to ${classes.length - 1}. ` +
            'Copy or unpack it again.',
        );
      }
      labels[image++] = label;
      for (let from = start; from < start + PLANE; from++) {
        images[to++] = bytes[from];
        images[to++] = bytes[from + PLANE];
        images[to++] = bytes[from + 2 * PLANE];
      }
    }
  }
  return imageSet(name, classes, [SIDE, SIDE], images, labels);
}
