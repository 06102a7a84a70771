/** @file The wasm engine: TensorFlow.js's wasm backend (XNNPACK) with the kernels of training that it lacks. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { EngineError } from '../../errors.js';
import { registerConvolutions } from './convolution.js';
import { registerCorrections } from './corrections.js';
import { guardBuiltIns } from './guards.js';
import { BACKEND_NAME } from './kernel.js';
import { registerPoolingGradients } from './pooling.js';
import { registerSums } from './sums.js';

let version: string | undefined;

/** Registers the backend `wasm` and returns its version; its binaries come from the package's own folder. */
export async function loadWasm(): Promise<{ backend: string; version: string }> {
  if (version === undefined) {
    const { setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
    const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(dirname(entry) + sep);
    const create = tf.findBackendFactory(BACKEND_NAME) as () => Promise<BackendWasm>;
    tf.removeBackend(BACKEND_NAME);
    tf.registerBackend(BACKEND_NAME, async () => withMemoryGuard(await create()));
    guardBuiltIns();
    registerConvolutions();
    registerPoolingGradients();
    registerSums();
    registerCorrections();
    version = `tfjs-backend-wasm ${version_wasm}`;
  }
  return { backend: BACKEND_NAME, version };
}

interface Memory {
  _malloc: (bytes: number) => number;
  _free: (address: number) => void;
}

/** A full memory gives address 0, which the backend would take for a place to write to. */
function withMemoryGuard(backend: BackendWasm): BackendWasm {
  const memory = backend.wasm as unknown as Memory;
  memory._free(memory._malloc(1)); // the first call replaces the function itself
  const allocate = memory._malloc;
  memory._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address !== 0 || bytes === 0) return address;
    throw new EngineError(
      `The wasm engine is out of memory: no room for ${Math.ceil(bytes / 2 ** 20)} MB more in the 4 GB that WebAssembly ` +
        'can have. Use smaller batches, a narrower network or another engine (see npm run doctor).',
    );
  };
  return backend;
}
