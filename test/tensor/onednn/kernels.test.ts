/**
 * @file Sweeps every kernel that the engine registers against tfjs-backend-cpu, forward and gradient. Kernels are
 * called by name, so that what TensorFlow.js's ops do around them hides nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { Generator } from '../../../src/random/index.js';
import { EngineError } from '../../../src/errors.js';
import { softmaxCrossEntropy, tf } from '../../../src/tensor/index.js';
import { loadOnednn } from '../../../src/tensor/onednn/index.js';
import type { Case, Input } from './kernel_case.js';
import { CASES, OWN_KERNELS, TESTED_AS_GRADIENT } from './kernel_cases.js';

loadOnednn({ threads: 2 });

const TOLERANCE = 2e-4; // relative to the larger of 1 and the reference: float32 sums in another order

const kernels = tf.getKernelsForBackend('onednn').map(({ kernelName }) => kernelName);
const isCovered = (name: string) => name in CASES || name in TESTED_AS_GRADIENT || OWN_KERNELS.includes(name);

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
async function evaluate(backend: string, kernel: string, one: Case, seed: number): Promise<Value[]> {
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

test('every registered kernel has a case', () => {
  expect(kernels.filter((name) => !isCovered(name)).sort()).toEqual([]);
});

describe.each(Object.keys(CASES).sort())('%s', (kernel) => {
  const cases = CASES[kernel].map((one, i) => ({ one, i, label: describeCase(one) }));
  test.each(cases)('$label', async ({ one, i }) => {
    expect(kernels).toContain(kernel);
    if (one.unsupported) {
      await expect(evaluate('onednn', kernel, one, i)).rejects.toThrow(EngineError);
      return;
    }
    const found = await evaluate('onednn', kernel, one, i);
    const expected = await evaluate('cpu', kernel, one, i);
    const typeOf = ({ shape, dtype }: Value) => ({ shape, dtype: one.anyType ? 'any' : dtype });
    expect(found.map(typeOf)).toEqual(expected.map(typeOf));
    found.forEach(({ values }, k) =>
      expect(largestError(values, expected[k].values)).toBeLessThan(TOLERANCE),
    );
  });
});

test('a condition of one axis selects whole rows', async () => {
  await tf.setBackend('onednn'); // tfjs-backend-cpu takes the wrong elements
  const inputs = {
    condition: tf.tensor1d([true, false, true], 'bool'),
    t: tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]),
    e: tf.tensor2d([-1, -2, -3, -4, -5, -6], [3, 2]),
  };
  const selected = tf.engine().runKernel<tf.Tensor>('Select', inputs);
  expect(Array.from(selected.dataSync())).toEqual([1, 2, -3, -4, 5, 6]);
});

describe('padded average pooling', () => {
  // y is linear in x and a window's weights sum to 1 over its pixels inside the image; tfjs-backend-cpu's gradient
  // divides by the whole window instead.
  test('has a gradient whose product with x is the output', async () => {
    await tf.setBackend('onednn');
    const generator = new Generator(0);
    const x = toTensor(
      draw({ shape: [2, 5, 6, 3], dtype: 'float32', low: -1, high: 1 }, generator),
    ) as tf.Tensor4D;
    const pool = (image: tf.Tensor) =>
      tf.sum<tf.Scalar>(tf.square(tf.avgPool(image as tf.Tensor4D, 3, 2, 1)));
    const gradient = tf.grad(pool)(x);
    const twice = tf.mul(pool(x), 2).dataSync()[0]; // Euler: <x, f'(x)> = 2 f(x) for a quadratic f
    expect(tf.sum(tf.mul(x, gradient)).dataSync()[0]).toBeCloseTo(twice, 3);
  });
});

describe('what it cannot hold is refused', () => {
  test.each(['string', 'complex64'] as const)('%s tensors', async (dtype) => {
    await tf.setBackend('onednn');
    const make = () => (dtype === 'string' ? tf.tensor(['a']) : tf.complex([1], [2]));
    expect(make).toThrow(dtype === 'string' ? EngineError : /Kernel 'Complex' not registered/);
  });

  test.each([-1, 4])('a cross-entropy label of %d among 4 classes', async (label) => {
    await tf.setBackend('onednn');
    const logits = tf.zeros<tf.Rank.R2>([2, 4]);
    expect(() => softmaxCrossEntropy(logits, tf.tensor1d([0, label], 'int32'))).toThrow(/labels in \[0, 4\)/);
  });

  test('an index that gather would read outside of its axis', async () => {
    await tf.setBackend('onednn');
    expect(() => tf.gather(tf.zeros([3, 2]), tf.tensor1d([0, 3], 'int32'))).toThrow();
  });
});

function describeCase({ inputs, attributes }: Case): string {
  const shapes = Object.entries(inputs).map(
    ([name, { dtype, shape }]) => `${name} ${dtype}[${shape.join()}]`,
  );
  return [...shapes, JSON.stringify(attributes ?? {})].join(' ');
}
