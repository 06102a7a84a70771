/** @file TensorFlow.js's WebAssembly backend, made fit for training: for machines where nothing native loads. */
import { loadWasm } from '../wasm/index.js';
import type { Engine } from './engine.js';

export const wasm: Engine = {
  name: 'wasm',
  description: 'WebAssembly kernels (XNNPACK), one thread; needs nothing but npm',
  load: async () => ({ ...(await loadWasm()), threads: 1, details: {} }),
};
