/**
 * @file Any folder of JPEG and PNG files: a folder for each class, as torchvision's ImageFolder; `train/` and `test/`
 * (or `val/`) with such folders; or just images, without labels.
 */
import { existsSync, readdirSync, statSync, type Dirent } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { fileError } from '../../files.js';
import { cacheFolder, loadImageFiles } from '../image-cache.js';
import { imageSet } from '../image-set.js';
import type { ImageSet } from '../types.js';
import { findFolder, type Dataset, type Parts, type ReadContext } from './dataset.js';

const IMAGE_NAME = /\.(jpe?g|png)$/i;
const DEFAULT_SIDE = 32;
const TEST_FOLDERS = ['test', 'val', 'valid', 'validation'];

/** The data folder itself, read as an image folder. */
export const imageFolder: Dataset = {
  name: 'image-folder',
  description: 'JPEG and PNG files in the data folder: a folder a class, or train/ and test/, or no labels',
  layout: 'a folder of images for each class',
  archives: [],
  locate: (dataDir) => findFolder([dataDir], '.'),
  read: (folder, context) => readImageFolder('image-folder', folder, context),
};

/** An image folder anywhere; its name is its path. */
export const imageFolderAt = (path: string): Dataset => ({
  ...imageFolder,
  name: path,
  locate: () => (existsSync(path) ? resolve(path) : undefined),
  read: (folder, context) => readImageFolder(path, folder, context),
});

interface Listing {
  classes: string[];
  files: string[];
  labels: number[];
}

async function readImageFolder(name: string, folder: string, context: ReadContext): Promise<Parts> {
  const { train: trainFolder, test: testFolder } = partFolders(folder);
  const listing = listImages(trainFolder);
  const train = await readListing(name, trainFolder, listing, context);
  if (testFolder === undefined) return { train };
  const test = withClassesOf(listing, listImages(testFolder), testFolder);
  return { train, test: await readListing(name, testFolder, test, context) };
}

/** A folder `train` is the training part if nothing else is there or a test part is: else it is a class of that name. */
function partFolders(folder: string): { train: string; test?: string } {
  const names = subfolders(folder);
  const test = TEST_FOLDERS.find((name) => names.includes(name));
  if (!names.includes('train') || (test === undefined && names.length > 1)) return { train: folder };
  return { train: join(folder, 'train'), test: test && join(folder, test) };
}

async function readListing(
  name: string,
  folder: string,
  { classes, files, labels }: Listing,
  { imageSize = DEFAULT_SIDE, dataDir, onProgress }: ReadContext,
): Promise<ImageSet> {
  const images = await loadImageFiles(folder, files, imageSize, cacheFolder(dataDir), onProgress);
  return imageSet(name, classes, [imageSize, imageSize], images, Int32Array.from(labels));
}

/** Classes in the order of their names, files in the order of theirs. */
function listImages(folder: string): Listing {
  const groups = subfolders(folder)
    .map((name) => ({ name, files: filesBelow(join(folder, name)) }))
    .filter(({ files }) => files.length > 0);
  const loose = imagesIn(folder);
  if (groups.length === 0 && loose.length === 0) {
    throw new UserError(
      `There are no images in ${folder}: expected .jpg, .jpeg or .png files, in a folder for each class or, without ` +
        'labels, directly in it.',
    );
  }
  if (groups.length > 0 && loose.length > 0) {
    throw new UserError(
      `${folder} has both folders of images (${groups[0].name}, ...) and images beside them (${loose.length}), whose ` +
        'class is not known: move these into the folder of their class, or remove them.',
    );
  }
  if (groups.length === 0)
    return { classes: ['unlabelled'], files: loose, labels: loose.map(() => 0) };
  return {
    classes: groups.map(({ name }) => name),
    files: groups.flatMap(({ files }) => files),
    labels: groups.flatMap(({ files }, label) => files.map(() => label)),
  };
}

function withClassesOf(train: Listing, test: Listing, testFolder: string): Listing {
  const indices = test.classes.map((name) => train.classes.indexOf(name));
  const unknown = indices.indexOf(-1);
  if (unknown >= 0) {
    throw new UserError(
      `${testFolder} has the class "${test.classes[unknown]}", which is not among the ${train.classes.length} classes ` +
        'of the training part: the folders of both must have the same names.',
    );
  }
  return { ...test, classes: train.classes, labels: test.labels.map((label) => indices[label]) };
}

function entries(folder: string): { name: string; isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .map((entry) => ({ name: entry.name, isFolder: isFolder(folder, entry) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw fileError(error, 'read', folder);
  }
}

const isFolder = (folder: string, entry: Dirent): boolean =>
  entry.isSymbolicLink()
    ? (statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false)
    : entry.isDirectory();

const subfolders = (folder: string): string[] =>
  entries(folder)
    .filter(({ isFolder }) => isFolder)
    .map(({ name }) => name);

/** Paths of the images directly in a folder, in the order of their names. */
export const imagesIn = (folder: string): string[] =>
  entries(folder)
    .filter(({ name, isFolder }) => !isFolder && IMAGE_NAME.test(name))
    .map(({ name }) => join(folder, name));

const filesBelow = (folder: string): string[] => [
  ...imagesIn(folder),
  ...subfolders(folder).flatMap((name) => filesBelow(join(folder, name))),
];
