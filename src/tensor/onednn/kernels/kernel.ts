/** @file How a kernel is written down: a name and a function of inputs, attributes and the backend. */
import type * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../../../errors.js';
import { BACKEND_NAME, type OnednnBackend } from '../backend.js';

export type Inputs = Record<string, tf.TensorInfo>;
export type Attributes = Record<string, unknown>;
export type KernelBody = (
  inputs: Inputs,
  attributes: Attributes,
  backend: OnednnBackend,
) => tf.TensorInfo | tf.TensorInfo[];

/** A kernel of the onednn engine, ready for `tf.registerKernel`. */
export function kernel(kernelName: string, body: KernelBody): tf.KernelConfig {
  return {
    kernelName,
    backendName: BACKEND_NAME,
    kernelFunc: ({ inputs, attrs, backend }) => body(inputs as Inputs, attrs ?? {}, backend as OnednnBackend),
  };
}

/** The error for what a kernel does not do: a clear refusal, never wrong numbers. */
export function unsupported(kernelName: string, what: string): EngineError {
  return new EngineError(
    `The onednn engine's ${kernelName} does not support ${what}: use --engine cpu for it.`,
    1,
  );
}

/** The same data under another shape, without a copy. */
export function alias(backend: OnednnBackend, x: tf.TensorInfo, shape: number[] = x.shape): tf.TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape, dtype: x.dtype };
}

/** Runs `body` on a temporary tensor and frees it. */
export function using<T>(
  backend: OnednnBackend,
  temporary: tf.TensorInfo,
  body: (temporary: tf.TensorInfo) => T,
): T {
  try {
    return body(temporary);
  } finally {
    backend.disposeData(temporary.dataId);
  }
}
