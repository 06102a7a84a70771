/** @file From a name to images in memory: finds the files, fetches them if asked to, holds images out. */
import { existsSync, statSync } from 'node:fs';
import { UserError, unknownName } from '../errors.js';
import type { Dataset } from './datasets/dataset.js';
import { DATASETS, envFrames, FRAMES_PREFIX, imageFolderAt } from './datasets/index.js';
import { downloadArchives } from './download.js';
import { channelStatistics } from './image-set.js';
import { holdOut } from './splits.js';
import type { DataSplits, LoadOptions } from './types.js';

const BUNDLED = 'fashion-mnist-mini';
const PREFERRED = 'cifar10';

/** Names that `loadDataset` knows, with a line on each. */
export const DATASET_NAMES: readonly { name: string; description: string }[] = DATASETS;

/**
 * Loads a data set and holds out a part of its training images.
 *
 * @param name one of `DATASET_NAMES`, `env:ID` or the path of an image folder; without one it is CIFAR-10 if that is in the data
 *   folder (or to be downloaded), else the bundled images, and `reason` of the result says so
 * @throws UserError when it is not known, not there, cannot be fetched or is too small; CorruptFileError
 * @example const { train, heldOut, mean, std } = await loadDataset('cifar10', './data');
 */
export async function loadDataset(
  name: string | undefined,
  dataDir: string,
  options: LoadOptions = {},
): Promise<DataSplits> {
  const { download = false, onProgress, imageSize, frames } = options;
  if (imageSize !== undefined && !(Number.isInteger(imageSize) && imageSize >= 1)) {
    throw new UserError(`The image size must be a whole number of pixels from 1, found ${imageSize}.`);
  }
  const { dataset, reason } = name === undefined ? chooseDataset(dataDir, download) : { dataset: findDataset(name) };
  const folder = await findFiles(dataset, dataDir, download, onProgress);
  const { train, test } = await dataset.read(folder, { dataDir, imageSize, frames, onProgress });
  const split = holdOut(train, options.holdOut, dataset.isSequence);
  const statistics = dataset.statistics ?? channelStatistics(split.train);
  return { name: dataset.name, reason, ...split, test, ...statistics };
}

function chooseDataset(dataDir: string, download: boolean): { dataset: Dataset; reason: string } {
  const preferred = findDataset(PREFERRED);
  if (preferred.locate(dataDir) !== undefined) {
    return { dataset: preferred, reason: `no data set was named, and CIFAR-10 is in ${dataDir}` };
  }
  if (download) return { dataset: preferred, reason: 'no data set was named: CIFAR-10 is the one to download' };
  return {
    dataset: findDataset(BUNDLED),
    reason: `no data set was named, and CIFAR-10 is not in ${dataDir}: these images come with the project`,
  };
}

function findDataset(name: string): Dataset {
  const known = DATASETS.find((dataset) => dataset.name === name);
  if (known !== undefined) return known;
  if (name.startsWith(FRAMES_PREFIX)) return envFrames(name.slice(FRAMES_PREFIX.length));
  const isPath = /[/\\]/.test(name) || isFolder(name);
  if (isPath) return imageFolderAt(name);
  const { message } = unknownName('data set', name, DATASETS.map((dataset) => dataset.name));
  throw new UserError(
    `${message} The path of an image folder, as ./photos, and the frames of an environment, as env:CartPole-v1, are ` +
      'possible too.',
  );
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

async function findFiles(
  dataset: Dataset,
  dataDir: string,
  download: boolean,
  onProgress: LoadOptions['onProgress'],
): Promise<string> {
  const found = dataset.locate(dataDir);
  if (found !== undefined) return found;
  if (download && dataset.archives.length > 0) {
    await downloadArchives(dataset.archives, dataDir, onProgress);
    const fetched = dataset.locate(dataDir);
    if (fetched !== undefined) return fetched;
  }
  throw missing(dataset, dataDir);
}

function missing({ name, layout, archives }: Dataset, dataDir: string): UserError {
  const bundled = `Or train on the images that come with the project: --dataset ${BUNDLED}.`;
  if (archives.length === 0) {
    const place = name === 'image-folder' ? dataDir : name;
    return new UserError(`There is no image folder ${place}: expected ${layout}. ${bundled}`);
  }
  return new UserError(
    `The data set ${name} is not in ${dataDir}: expected ${layout}. Add --download to fetch it from ` +
      `${new URL(archives[0].url).host}, or put it there by hand. ${bundled}`,
  );
}
