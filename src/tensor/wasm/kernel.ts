/** @file How a kernel of ours is written for TensorFlow.js's wasm backend, in place of a built-in one or beside them. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { EngineError } from '../../errors.js';

export const BACKEND_NAME = 'wasm';

export type Inputs = Record<string, tf.Tensor>;
export type Attributes = Record<string, unknown>;

/** Calls the kernel that TensorFlow.js ships under the same name. */
export type BuiltIn = (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[];

export interface Call {
  attributes: Attributes;
  backend: BackendWasm;
  builtIn: BuiltIn;
}

export type KernelBody = (inputs: Inputs, call: Call) => tf.TensorInfo | tf.TensorInfo[];

/** Registers `body` as a kernel of the wasm backend; a built-in one of that name is replaced, and can be called. */
export function register(kernelName: string, body: KernelBody): void {
  const previous = tf.getKernel(kernelName, BACKEND_NAME);
  if (previous !== undefined) tf.unregisterKernel(kernelName, BACKEND_NAME);
  tf.registerKernel({
    kernelName,
    backendName: BACKEND_NAME,
    setupFunc: previous?.setupFunc,
    disposeFunc: previous?.disposeFunc,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const builtIn: BuiltIn = (given, attributes) => {
        if (previous === undefined)
          throw new EngineError(`The wasm backend has no ${kernelName} of its own.`, 1);
        return previous.kernelFunc({ inputs: given, attrs: attributes as tf.NamedAttrMap, backend });
      };
      // Ops run inside are kernels of this one: nothing of them goes onto the gradient tape.
      return body(inputs as Inputs, { attributes: attrs ?? {}, backend: backend as BackendWasm, builtIn });
    },
  });
}

/** The error for what a kernel does not do: a clear refusal, never wrong numbers. */
export function unsupported(kernelName: string, what: string): EngineError {
  return new EngineError(
    `The wasm engine's ${kernelName} does not support ${what}: use --engine cpu for it.`,
    1,
  );
}

/** The values of a float32 or int32 tensor where they lie. Making a tensor moves them: make outputs first. */
export function heap(backend: BackendWasm, tensor: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** A new tensor full of zeros. */
export function zeros(backend: BackendWasm, shape: number[], dtype: tf.DataType): tf.TensorInfo {
  const out = backend.makeOutput(shape, dtype);
  backend.typedArrayFromHeap(out).fill(0);
  return out;
}
