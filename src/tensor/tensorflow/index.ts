/**
 * @file TensorFlow's own library behind TensorFlow.js, from the optional packages @tensorflow/tfjs-node-gpu and
 * @tensorflow/tfjs-node. Not tried on hardware: their install scripts download from hosts that were out of reach when
 * this was written. Tested with a stand-in package that is as strict about padding as they are.
 */
import util from 'node:util';
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { LoadedEngine } from '../engines/engine.js';
import { supportNumericPadding } from './padding.js';

export const GPU_PACKAGE = '@tensorflow/tfjs-node-gpu';
export const CPU_PACKAGE = '@tensorflow/tfjs-node';
/** Both packages register their backend under this name. */
const BACKEND_NAME = 'tensorflow';

export type Importer = (packageName: string) => Promise<unknown>;

interface TensorflowBackend {
  isUsingGpuDevice?: boolean;
  binding?: { TF_Version?: string };
}

/** The package in this process; a second copy of TensorFlow beside it could crash both. */
let loadedPackage: string | undefined;

/** tfjs-node 4.22 calls what Node 23 removed from `util`. */
function restoreRemovedUtilities(): void {
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: (value: unknown) => Array.isArray(value),
  };
  for (const [name, check] of Object.entries(removed)) {
    if (!(name in util))
      Object.defineProperty(util, name, { value: check, configurable: true, writable: true });
  }
}

/**
 * Loads TensorFlow from one of the packages, or uses the copy that is loaded already.
 * @throws when the package is missing or broken, or has no GPU where one is asked for
 */
export async function loadTensorflow(
  packageName: string,
  importer: Importer = (name) => import(name),
): Promise<LoadedEngine> {
  if (loadedPackage === undefined) {
    restoreRemovedUtilities();
    try {
      await importer(packageName);
    } catch (error) {
      throw new Error(reasonOf(error, packageName), { cause: error });
    }
    supportNumericPadding(BACKEND_NAME);
    loadedPackage = packageName;
  }
  const { isUsingGpuDevice, binding } = (tf.findBackend(BACKEND_NAME) ?? {}) as TensorflowBackend;
  if (packageName === GPU_PACKAGE && isUsingGpuDevice !== true) {
    throw new Error('no GPU found: it needs an NVIDIA GPU with CUDA 11.2 and cuDNN 8.1');
  }
  if (packageName === CPU_PACKAGE && isUsingGpuDevice === true) {
    throw new Error(`not loaded beside ${GPU_PACKAGE}: one TensorFlow fits into a process`);
  }
  return {
    backend: BACKEND_NAME,
    version: `TensorFlow ${binding?.TF_Version ?? '(unknown version)'}`,
    threads: availableParallelism(),
    details: { device: isUsingGpuDevice === true ? 'GPU' : 'CPU', package: loadedPackage },
  };
}

function reasonOf(error: unknown, packageName: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  // What the package itself lacks is named in its first line: only its own name there means that it is not installed.
  if (missing && message.split('\n')[0].includes(`'${packageName}'`)) {
    return `not installed: npm install ${packageName}`;
  }
  return `installed, but does not load: ${message.split('\n')[0].trim()}`;
}
