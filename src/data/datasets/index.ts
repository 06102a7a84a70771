/** @file The registry: a new data set is a file here and a line below. */
import { cifar10, cifar100 } from './cifar.js';
import type { Dataset } from './dataset.js';

export const DATASETS: readonly Dataset[] = [cifar10, cifar100];
