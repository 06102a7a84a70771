/** @file The registry: a new data set is a file here and a name below. */
import { cifar10, cifar100 } from './cifar.js';
import type { Dataset } from './dataset.js';
import { fashionMnist, fashionMnistMini } from './fashion-mnist.js';
import { imageFolder, imageFolderAt } from './image-folder.js';
import { envFrames, FRAMES_PREFIX } from './env-frames.js';
import { tinyImagenet } from './tiny-imagenet.js';

export { envFrames, FRAMES_PREFIX, imageFolderAt };

export const DATASETS: readonly Dataset[] = [
  cifar10,
  cifar100,
  fashionMnist,
  fashionMnistMini,
  tinyImagenet,
  imageFolder,
];
