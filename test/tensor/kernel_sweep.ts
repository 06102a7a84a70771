/** @file Runs a kernel's case on a backend, forward and gradient, and compares what two backends give. */
import { Generator } from '../../src/random/index.js';
import { tf } from '../../src/tensor/index.js';
import type { Case, Input } from './onednn/kernel_case.js';

interface Drawn {
  input: Input;
  data: Float32Array | Int32Array | Uint8Array;
}

/** Values of an input. */
export function draw(input: Input, generator: Generator): Drawn {
  const size = input.shape.reduce((product, n) => product * n, 1);
  const next = (i: number) =>
    input.values?.[i] ??
    (input.dtype === 'float32'
      ? generator.uniform(input.low, input.high)
      : generator.integers(input.low, input.high));
  const data = new { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[input.dtype](size);
  for (let i = 0; i < size; i++) data[i] = next(i);
  return { input, data };
}

export const toTensor = ({ input, data }: Drawn) => tf.tensor(data.slice(), input.shape, input.dtype);

/** A result, read back. */
export interface Value {
  shape: number[];
  dtype: string;
  values: number[];
}

const valueOf = (tensor: tf.Tensor): Value => ({
  shape: tensor.shape,
  dtype: tensor.dtype,
  values: Array.from(tensor.dataSync()),
});

/** Outputs of one case on a backend, then the gradients of a random weighting of them, where there are any. */
export async function evaluate(backend: string, kernel: string, one: Case, seed: number): Promise<Value[]> {
  await tf.setBackend(backend);
  const generator = new Generator(seed);
  const names = Array.isArray(one.inputs) ? undefined : Object.keys(one.inputs);
  const drawn = Object.values(one.inputs).map((input: Input) => draw(input, generator));
  const call = (...tensors: tf.Tensor[]): tf.Tensor[] => {
    const inputs = names ? Object.fromEntries(names.map((name, i) => [name, tensors[i]])) : tensors;
    const outputs = tf
      .engine()
      .runKernel(kernel, inputs as unknown as tf.NamedTensorMap, one.attributes as never);
    return Array.isArray(outputs) ? outputs : [outputs];
  };
  const results: Value[] = [];
  tf.tidy(() => {
    const tensors = drawn.map(toTensor);
    const outputs = call(...tensors);
    results.push(...outputs.map(valueOf));
    const differentiable = tensors.map((_, i) => i).filter((i) => drawn[i].input.dtype === 'float32');
    if (
      one.forwardOnly ||
      differentiable.length === 0 ||
      outputs.some(({ dtype }) => dtype !== 'float32') ||
      !tf.getGradient(kernel)
    ) {
      return;
    }
    const weights = outputs.map(({ shape }) =>
      toTensor(draw({ shape, dtype: 'float32', low: -1, high: 1 }, generator)),
    );
    const loss = (...chosen: tf.Tensor[]) => {
      const all = tensors.map((tensor, i) =>
        differentiable.includes(i) ? chosen[differentiable.indexOf(i)] : tensor,
      );
      return tf.addN(call(...all).map((y, i) => tf.sum(tf.mul(y, weights[i]))));
    };
    results.push(
      ...tf
        .grads(loss)(differentiable.map((i) => tensors[i]))
        .map(valueOf),
    );
  });
  return results;
}

/** The largest difference relative to max(1, |expected|); infinite where only one of both is not finite. */
export function largestError(found: number[], expected: number[]): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const reference = expected[i];
    if (Object.is(found[i], reference) || found[i] === reference) continue;
    const error = Math.abs(found[i] - reference) / Math.max(1, Math.abs(reference));
    if (!(error <= largest)) largest = Number.isFinite(error) ? error : Infinity;
  }
  return largest;
}

/** A test's name: shapes, types and attributes. */
export function describeCase({ inputs, attributes }: Case): string {
  const shapes = Object.entries(inputs).map(
    ([name, { dtype, shape }]) => `${name} ${dtype}[${shape.join()}]`,
  );
  return [...shapes, JSON.stringify(attributes ?? {})].join(' ');
}
