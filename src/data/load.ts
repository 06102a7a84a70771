/** @file From a name to images in memory. */
import { join } from 'node:path';
import { UserError, unknownName } from '../errors.js';
import { channelStatistics } from './image-set.js';
import { DATASETS } from './datasets/index.js';
import type { Dataset } from './datasets/dataset.js';
import { holdOut } from './splits.js';
import type { DataSplits, LoadOptions } from './types.js';

/**
 * Loads a data set by name.
 * @throws UserError, CorruptFileError
 */
export async function loadDataset(
  name: string | undefined,
  dataDir: string,
  options: LoadOptions = {},
): Promise<DataSplits> {
  const dataset = findDataset(name ?? 'cifar10');
  const folder = dataset.locate(dataDir);
  if (folder === undefined) throw new UserError(`The data set ${dataset.name} is not in ${join(dataDir)}.`);
  const { imageSize = 32, onProgress } = options;
  const { train, test } = await dataset.read(folder, { dataDir, imageSize, onProgress });
  const split = holdOut(train, options.holdOut);
  return { name: dataset.name, ...split, test, ...(dataset.statistics ?? channelStatistics(split.train)) };
}

function findDataset(name: string): Dataset {
  const found = DATASETS.find((dataset) => dataset.name === name);
  if (found === undefined) throw unknownName('data set', name, DATASETS.map((dataset) => dataset.name));
  return found;
}
