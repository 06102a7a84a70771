/**
 * @file Tiny ImageNet (CS231n): 100,000 photographs of 200 classes, 64x64. `train/<wnid>/images/*.JPEG`; the labels of
 * the 10,000 validation images, used as the test part, are in `val/val_annotations.txt`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptFileError, UserError } from '../../errors.js';
import { cacheFolder, loadImageFiles } from '../image-cache.js';
import { imageSet } from '../image-set.js';
import type { ImageSet } from '../types.js';
import { findFolder, readLines, type Dataset, type ReadContext } from './dataset.js';
import { imagesIn } from './image-folder.js';

const NAME = 'tiny-imagenet';
const FOLDER = 'tiny-imagenet-200';
const SIDE = 64;

export const tinyImagenet: Dataset = {
  name: NAME,
  description: 'Tiny ImageNet: 100,000 + 10,000 photographs of 200 classes, 64x64',
  layout: `wnids.txt, words.txt, train/ and val/ in ${FOLDER}/`,
  archives: [
    {
      url: 'http://cs231n.stanford.edu/tiny-imagenet-200.zip',
      md5: '90528d7ca1a48142e341f4ef8d21d0de',
      folder: FOLDER,
      format: 'zip',
    },
  ],
  statistics: { mean: [0.4802, 0.4481, 0.3975], std: [0.277, 0.2691, 0.2821] },
  locate: (dataDir) => findFolder([join(dataDir, FOLDER), dataDir], 'wnids.txt', 'train'),
  async read(folder, context) {
    const ids = readLines(join(folder, 'wnids.txt')).sort();
    const classes = classNames(folder, ids);
    return {
      train: await readPart(join(folder, 'train'), trainFiles(folder, ids), classes, context),
      test: await readPart(join(folder, 'val'), validationFiles(folder, ids), classes, context),
    };
  },
};

type Labelled = [file: string, label: number];

async function readPart(
  root: string,
  listed: readonly Labelled[],
  classes: string[],
  { dataDir, onProgress }: ReadContext,
): Promise<ImageSet> {
  const files = listed.map(([file]) => file);
  const images = await loadImageFiles(root, files, SIDE, cacheFolder(dataDir), onProgress);
  const labels = Int32Array.from(listed, ([, label]) => label);
  return imageSet(NAME, classes, [SIDE, SIDE], images, labels);
}

function trainFiles(folder: string, ids: readonly string[]): Labelled[] {
  return ids.flatMap((id, label) =>
    imagesIn(join(folder, 'train', id, 'images')).map((file): Labelled => [file, label]),
  );
}

/** Lines `val_0.JPEG <tab> n03444034 <tab> x y width height`. */
function validationFiles(folder: string, ids: readonly string[]): Labelled[] {
  const path = join(folder, 'val', 'val_annotations.txt');
  return readLines(path).map((line, i) => {
    const [file, id] = line.split('\t');
    const label = ids.indexOf(id);
    if (label < 0) {
      throw new CorruptFileError(
        `${path}, line ${i + 1}: expected a file and one of the ${ids.length} ids of wnids.txt, found "${line}".`,
      );
    }
    const image = join(folder, 'val', 'images', file);
    if (!existsSync(image)) {
      throw new UserError(`${image} is missing, though ${path} names it. Unpack the whole data set again.`);
    }
    return [image, label];
  });
}

/** The first word for each id, of words.txt (`n01443537 <tab> goldfish, Carassius auratus`), or the id itself. */
function classNames(folder: string, ids: readonly string[]): string[] {
  const path = join(folder, 'words.txt');
  const words = new Map(existsSync(path) ? readLines(path).map(parseWords) : []);
  return ids.map((id) => words.get(id) ?? id);
}

function parseWords(line: string): [id: string, name: string] {
  const [id, words = id] = line.split('\t');
  return [id, words.split(',')[0]];
}
