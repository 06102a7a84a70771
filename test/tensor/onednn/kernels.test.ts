/**
 * @file Sweeps every kernel that the engine registers against tfjs-backend-cpu, forward and gradient. Kernels are
 * called by name, so that what TensorFlow.js's ops do around them hides nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { Generator } from '../../../src/random/index.js';
import { tf } from '../../../src/tensor/index.js';
import { loadOnednn } from '../../../src/tensor/onednn/index.js';
import { CASES, type Case, type Input } from './kernel_cases.js';

await loadOnednn({ threads: 2 });

const TOLERANCE = 2e-4; // relative to the larger of 1 and the reference: float32 sums in another order

/** Kernels that TensorFlow.js does not have; test/tensor/ops compares them with their composed versions. */
const ownKernels = tf
  .getKernelsForBackend('onednn')
  .map(({ kernelName }) => kernelName)
  .filter((name) => tf.getKernel(name, 'cpu') === undefined);
const kernels = tf
  .getKernelsForBackend('onednn')
  .map(({ kernelName }) => kernelName)
  .filter((name) => !ownKernels.includes(name));

interface Drawn {
  input: Input;
  data: Float32Array | Int32Array | Uint8Array;
}

function draw(input: Input, generator: Generator): Drawn {
  const size = input.shape.reduce((product, n) => product * n, 1);
  const next = (i: number) =>
    input.values?.[i] ??
    (input.dtype === 'float32'
      ? generator.uniform(input.low, input.high)
      : generator.integers(input.low, input.high));
  const values = Array.from({ length: size }, (_, i) => next(i));
  const ArrayType = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[input.dtype];
  return { input, data: ArrayType.from(values) };
}

const toTensor = ({ input, data }: Drawn) => tf.tensor(data.slice(), input.shape, input.dtype);

interface Value {
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
function evaluate(backend: string, kernel: string, one: Case, seed: number): Value[] {
  tf.setBackend(backend);
  const generator = new Generator(seed);
  const names = Array.isArray(one.inputs) ? undefined : Object.keys(one.inputs);
  const drawn = Object.values(one.inputs).map((input: Input) => draw(input, generator));
  const call = (...tensors: tf.Tensor[]): tf.Tensor[] => {
    const inputs = names ? Object.fromEntries(names.map((name, i) => [name, tensors[i]])) : tensors;
    const outputs = tf
      .engine()
      .runKernel(kernel, inputs as unknown as tf.NamedTensorMap, one.attributes as never);
    return Array.isArray(outputs) ? (outputs as tf.Tensor[]) : [outputs as tf.Tensor];
  };
  return tf.tidy(() => {
    const tensors = drawn.map(toTensor);
    const outputs = call(...tensors);
    const results = outputs.map(valueOf);
    const differentiable = tensors.map((_, i) => i).filter((i) => drawn[i].input.dtype === 'float32');
    if (
      one.forwardOnly ||
      differentiable.length === 0 ||
      outputs.some(({ dtype }) => dtype !== 'float32') ||
      !tf.getGradient(kernel)
    ) {
      return results;
    }
    const weights = outputs.map(({ shape }) =>
      toTensor(draw({ shape, dtype: 'float32', low: -1, high: 1 }, generator)),
    );
    const loss = (...chosen: tf.Tensor[]) => {
      const all = tensors.map((tensor, i) =>
        differentiable.includes(i) ? chosen[differentiable.indexOf(i)] : tensor,
      );
      return tf.addN(call(...all).map((y, i) => tf.sum(tf.mul(y, weights[i])))).asScalar();
    };
    return [
      ...results,
      ...tf
        .grads(loss)(differentiable.map((i) => tensors[i]))
        .map(valueOf),
    ];
  });
}

/** The largest difference relative to max(1, |expected|); infinite where only one of both is not finite. */
function largestError(found: number[], expected: number[]): number {
  let largest = 0;
  for (const [i, reference] of expected.entries()) {
    if (Object.is(found[i], reference) || found[i] === reference) continue;
    const error = Math.abs(found[i] - reference) / Math.max(1, Math.abs(reference));
    if (!(error <= largest)) largest = Number.isFinite(error) ? error : Infinity;
  }
  return largest;
}

const previous = { backend: '' };
beforeAll(() => {
  previous.backend = tf.getBackend();
});
afterAll(() => tf.setBackend(previous.backend || 'onednn'));

test('every registered kernel has a case, and every case a kernel', () => {
  expect(kernels.filter((name) => !(name in CASES)).sort()).toEqual([]);
  expect(Object.keys(CASES).filter((name) => tf.getKernel(name, 'cpu') === undefined)).toEqual([]);
});

describe.each(kernels.filter((name) => name in CASES).sort())('%s', (kernel) => {
  const cases = CASES[kernel].map((one, i) => ({ one, i, label: describeCase(one) }));
  test.each(cases)('$label', ({ one, i }) => {
    const found = evaluate('onednn', kernel, one, i);
    const expected = evaluate('cpu', kernel, one, i);
    expect(found.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
      expected.map(({ shape, dtype }) => ({ shape, dtype })),
    );
    found.forEach(({ values }, k) =>
      expect(largestError(values, expected[k].values)).toBeLessThan(TOLERANCE),
    );
  });
});

function describeCase({ inputs, attributes }: Case): string {
  const shapes = Object.entries(inputs).map(
    ([name, { dtype, shape }]) => `${name} ${dtype}[${shape.join()}]`,
  );
  return [...shapes, JSON.stringify(attributes ?? {})].join(' ');
}
