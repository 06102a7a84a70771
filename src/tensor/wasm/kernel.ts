/** @file What our kernels for TensorFlow.js's wasm backend have in common. */
import type * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { EngineError } from '../../errors.js';
import { overrideKernel, type Call as KernelCall, type KernelBody } from '../override-kernel.js';

export const BACKEND_NAME = 'wasm';

export type { Attributes, Inputs } from '../override-kernel.js';
export type Call = KernelCall<BackendWasm>;

/** Registers a kernel of the wasm backend; a built-in one of that name is replaced, and can be called. */
export function register(kernelName: string, body: KernelBody<BackendWasm>): void {
  overrideKernel(BACKEND_NAME, kernelName, body);
}

/** The error for what a kernel does not do: a clear refusal, never wrong numbers. */
export function unsupported(kernelName: string, what: string): EngineError {
  return new EngineError(
    `The wasm engine's ${kernelName} does not support ${what}: use --engine cpu for it.`,
    1,
  );
}

/** The values of a float32 or int32 tensor where they lie. Making a tensor may move them: make outputs first. */
export function heap(backend: BackendWasm, tensor: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** A new tensor full of zeros. */
export function zeros(backend: BackendWasm, shape: number[], dtype: tf.DataType): tf.TensorInfo {
  const out = backend.makeOutput(shape, dtype);
  backend.typedArrayFromHeap(out).fill(0);
  return out;
}
