/** @file The wasm engine: TensorFlow.js's wasm backend (XNNPACK) with the kernels of training that it lacks. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { registerConvolutions } from './convolution.js';
import { registerCorrections } from './corrections.js';
import { guardBuiltIns } from './guards.js';
import { BACKEND_NAME } from './kernel.js';
import { registerPoolingGradients } from './pooling.js';

let version: string | undefined;

/** Registers the backend `wasm` and returns its version; its binaries come from the package's own folder. */
export async function loadWasm(): Promise<{ backend: string; version: string }> {
  if (version === undefined) {
    const { setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
    const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(dirname(entry) + sep);
    guardBuiltIns();
    registerConvolutions();
    registerPoolingGradients();
    registerCorrections();
    version = version_wasm;
  }
  return { backend: BACKEND_NAME, version };
}
