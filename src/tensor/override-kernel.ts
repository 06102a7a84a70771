/** @file Puts a kernel of ours in the place of one that a TensorFlow.js backend ships, which ours can still call. */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../errors.js';

export type Inputs = Record<string, tf.Tensor>;
export type Attributes = Record<string, unknown>;

export interface Call<Backend> {
  attributes: Attributes;
  backend: Backend;
  /** The kernel that was registered before under the same name. */
  builtIn: (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | tf.TensorInfo[];
}

export type KernelBody<Backend> = (inputs: Inputs, call: Call<Backend>) => tf.TensorInfo | tf.TensorInfo[];

/** Registers `body` under a kernel's name. Ops that it runs are part of the kernel: none goes onto the gradient tape. */
export function overrideKernel<Backend>(
  backendName: string,
  kernelName: string,
  body: KernelBody<Backend>,
): void {
  const previous = tf.getKernel(kernelName, backendName);
  if (previous !== undefined) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    setupFunc: previous?.setupFunc,
    disposeFunc: previous?.disposeFunc,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const builtIn: Call<Backend>['builtIn'] = (given, attributes) => {
        if (previous === undefined)
          throw new EngineError(`${backendName} has no ${kernelName} of its own.`, 1);
        return previous.kernelFunc({ inputs: given, attrs: attributes as tf.NamedAttrMap, backend });
      };
      return body(inputs as Inputs, { attributes: attrs ?? {}, backend: backend as Backend, builtIn });
    },
  });
}
