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
import { describeCase, draw, evaluate, largestError, toTensor, type Value } from '../kernel_sweep.js';
import { CASES, OWN_KERNELS, TESTED_AS_GRADIENT } from './kernel_cases.js';

loadOnednn({ threads: 2 });

const TOLERANCE = 2e-4; // relative to the larger of 1 and the reference: float32 sums in another order

const kernels = tf.getKernelsForBackend('onednn').map(({ kernelName }) => kernelName);
const isCovered = (name: string) => name in CASES || name in TESTED_AS_GRADIENT || OWN_KERNELS.includes(name);

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
