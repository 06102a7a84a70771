/** @file The onednn engine: loads the addon and registers the backend and its kernels with TensorFlow.js. */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../../errors.js';
import { BACKEND_NAME, OnednnBackend } from './backend.js';
import { batchNormKernels } from './batch-norm.js';
import { elementwiseKernels } from './kernels/elementwise.js';
import { layoutKernels } from './kernels/layout.js';
import { linearKernels } from './kernels/linear.js';
import { reductionKernels } from './kernels/reduction.js';
import { loadAddon, type NativeAddon } from './native.js';

let addon: NativeAddon | undefined;

/**
 * Registers the backend `onednn`; a second call only sets the number of threads.
 * @throws EngineError when the addon is not built or oneDNN cannot be loaded.
 */
export function loadOnednn(options: { threads?: number } = {}): NativeAddon {
  if (addon === undefined) {
    try {
      addon = loadAddon();
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      throw new EngineError(
        `The native engine cannot be loaded: ${reason}. Install oneDNN (Debian: apt-get install libdnnl-dev g++) and run \`npm run setup\`.`,
        2,
        { cause: error },
      );
    }
    const native = addon;
    for (const kernels of [elementwiseKernels, reductionKernels, layoutKernels, linearKernels]) {
      for (const kernel of kernels(native)) tf.registerKernel(kernel);
    }
    const fused = batchNormKernels();
    for (const kernel of fused.kernels) tf.registerKernel(kernel);
    for (const gradient of fused.gradients) tf.registerGradient(gradient);
    tf.registerBackend(BACKEND_NAME, () => new OnednnBackend(native), 5);
  }
  if (options.threads !== undefined) addon.setThreads(options.threads);
  return addon;
}

/** The backend, when it is the one in use; fused operations call the addon through it. */
export function activeOnednn(): OnednnBackend | undefined {
  const backend = tf.getBackend() === BACKEND_NAME ? tf.backend() : undefined;
  return backend instanceof OnednnBackend ? backend : undefined;
}
