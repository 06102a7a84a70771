/**
 * @file Sweeps every kernel of the wasm engine against tfjs-backend-cpu, forward and gradient, with the onednn engine's
 * cases; then what it must refuse, and what TensorFlow.js's own kernels got wrong.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { EngineError } from '../../../src/errors.js';
import { Generator } from '../../../src/random/index.js';
import { tf, useEngine } from '../../../src/tensor/index.js';
import { describeCase, draw, evaluate, largestError, toTensor } from '../kernel_sweep.js';
import { convolution, type Geometry } from '../onednn/convolution_geometry.js';
import { bool, float, int, type Case } from '../onednn/kernel_case.js';
import { CASES, OWN_KERNELS, TESTED_AS_GRADIENT } from '../onednn/kernel_cases.js';

const TOLERANCE = 2e-5; // relative to the larger of 1 and the reference: tfjs-backend-cpu sums in float64

/** What the onednn engine refuses and this one can do. */
const SUPPORTED_HERE = ['Pow', 'AddN'];

await useEngine('wasm');
const kernels = tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName);

afterAll(() => tf.setBackend('wasm'));

async function expectAsOnCpu(kernel: string, one: Case, seed: number): Promise<void> {
  const found = await evaluate('wasm', kernel, one, seed);
  const expected = await evaluate('cpu', kernel, one, seed);
  const typeOf = ({ shape, dtype }: { shape: number[]; dtype: string }) => ({
    shape,
    dtype: one.anyType ? 'any' : dtype,
  });
  expect(found.map(typeOf)).toEqual(expected.map(typeOf));
  found.forEach(({ values }, k) => expect(largestError(values, expected[k].values)).toBeLessThan(TOLERANCE));
}

test('every registered kernel has a case, and every case a kernel', () => {
  const cased = [...Object.keys(CASES), ...Object.keys(TESTED_AS_GRADIENT)];
  expect(kernels.filter((name) => !OWN_KERNELS.includes(name)).sort()).toEqual(cased.sort());
});

describe.each(Object.keys(CASES).sort())('%s', (kernel) => {
  const cases = CASES[kernel].map((one, i) => ({ one, i, label: describeCase(one) }));
  test.each(cases)('$label', async ({ one, i }) => {
    if (one.unsupported && !SUPPORTED_HERE.includes(kernel)) {
      await expect(evaluate('wasm', kernel, one, i)).rejects.toThrow(EngineError);
    } else {
      await expectAsOnCpu(kernel, one, i);
    }
  });
});

describe('convolution and both of its gradients', () => {
  const pads: Geometry['pad'][] = ['valid', 'same', 1, [[0, 0], [2, 0], [0, 1], [0, 0]]]; // prettier-ignore
  const geometries = [1, 3, 7].flatMap((size) =>
    [1, 2, 3].flatMap((strides) =>
      pads.map((pad): Geometry => ({ x: [2, 9, 8, 3], filter: [size, size, 3, 5], strides, pad })),
    ),
  );
  test.each(geometries)('$filter strides $strides pad $pad', async (geometry) => {
    const inputs = { x: float(geometry.x), filter: float(geometry.filter) };
    await expectAsOnCpu('Conv2D', { inputs, attributes: convolution(geometry) }, 1);
  });
});

describe('pooling', () => {
  beforeAll(() => tf.setBackend('wasm'));

  test('a window of negative pixels has a gradient', () => {
    const x = tf.tensor4d([-1, -2, -3, -4, -5, -6, -7, -8, -9], [1, 3, 3, 1]);
    const pool = (image: tf.Tensor) => tf.maxPool(image as tf.Tensor4D, 2, 1, 'valid');
    expect(Array.from(tf.grad(pool)(x).dataSync())).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0]);
  });

  test('padded average pooling has a gradient whose product with x is twice the square', () => {
    // tfjs-backend-cpu is no reference here: it divides by the whole window.
    const x = toTensor(draw(float([2, 5, 6, 3]), new Generator(0))) as tf.Tensor4D;
    const pool = (image: tf.Tensor) =>
      tf.sum<tf.Scalar>(tf.square(tf.avgPool(image as tf.Tensor4D, 3, 2, 1)));
    const twice = tf.mul(pool(x), 2).dataSync()[0]; // Euler: <x, f'(x)> = 2 f(x) for a quadratic f
    expect(tf.sum(tf.mul(x, tf.grad(pool)(x))).dataSync()[0]).toBeCloseTo(twice, 3);
  });
});

describe('what TensorFlow.js reads as floats, without a word', () => {
  test.each([
    ['Sqrt', { x: int([4]) }],
    ['ClipByValue', { x: int([4]) }],
    ['StridedSlice', { x: int([4]) }],
    ['AvgPool', { x: int([1, 4, 4, 1]) }],
    ['Add', { a: bool([4]), b: bool([4]) }],
    ['Select', { condition: bool([4]), t: bool([4]), e: bool([4]) }],
  ])('%s of %j is refused', async (kernel, inputs) => {
    await expect(evaluate('wasm', kernel, { inputs }, 0)).rejects.toThrow(EngineError);
  });

  test('but where ops cast first, booleans work', async () => {
    await tf.setBackend('wasm');
    const condition = tf.tensor1d([true, false, true], 'bool');
    expect(Array.from(tf.sum(condition).dataSync())).toEqual([2]);
    expect(Array.from(tf.cast(condition, 'float32').dataSync())).toEqual([1, 0, 1]);
  });
});

test('operations without a kernel say so', async () => {
  await tf.setBackend('wasm');
  const image = tf.zeros<tf.Rank.R4>([1, 4, 4, 1]);
  expect(() => tf.image.resizeBilinear(image, [2, 2])).toThrow(/'ResizeBilinear' not registered .* 'wasm'/);
  expect(() => tf.depthwiseConv2d(image, tf.ones([2, 2, 1, 1]), 1, 'valid')).toThrow(/not registered/);
});

test('kernels leave no tensors and no memory behind', async () => {
  await tf.setBackend('wasm');
  const x = tf.ones<tf.Rank.R4>([2, 8, 8, 3]);
  const filter = tf.ones<tf.Rank.R4>([3, 3, 3, 4]);
  const step = () =>
    tf.tidy(() => {
      const loss = (image: tf.Tensor, weights: tf.Tensor) => {
        const y = tf.conv2d(image as tf.Tensor4D, weights as tf.Tensor4D, 2, 1, 'NHWC', 1, 'floor');
        const pooled = tf.reshape(
          tf.maxPool(tf.prelu(y, tf.fill<tf.Rank.R4>(y.shape, 0.1)), 2, 2, 1, 'floor'),
          [2, -1],
        );
        const rows = tf.gather(tf.matMul(pooled, pooled, false, true), tf.tensor1d([1, 0, 1], 'int32'));
        return tf.sum(tf.mul(rows, tf.oneHot(tf.tensor1d([0, 1, 0], 'int32'), 2)));
      };
      tf.grads(loss)([x, filter]);
    });
  step();
  const before = tf.memory();
  const buffers = tf.backend().numDataIds();
  for (let i = 0; i < 5; i++) step();
  expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
  expect(tf.backend().numDataIds()).toBe(buffers);
});

test('a full memory is an error, and what lies in it stays as it was', async () => {
  await tf.setBackend('wasm');
  const kept = tf.tensor1d([1, 2, 3]);
  const backend = tf.backend() as BackendWasm;
  const made: tf.TensorInfo[] = [];
  const half = [2 ** 27]; // 512 MB, never touched
  expect(() => {
    for (let i = 0; i < 9; i++) made.push(backend.makeOutput(half, 'float32'));
  }).toThrow(/out of memory: no room for 512 MB/);
  for (const { dataId } of made) backend.disposeData(dataId);
  expect(Array.from(kept.dataSync())).toEqual([1, 2, 3]);
});
