/** @file How the optional TensorFlow packages are loaded, and numeric padding on them, with a stand-in package. */
import { expect, test } from '@jest/globals';
import util from 'node:util';
import { tf, useEngine } from '../../../src/tensor/index.js';
import { CPU_PACKAGE, GPU_PACKAGE, loadTensorflow } from '../../../src/tensor/tensorflow/index.js';
import { evaluate, largestError } from '../kernel_sweep.js';
import { largestDistance, learnerStep } from '../learner_step.js';
import { GEOMETRIES, convolution } from '../onednn/convolution_geometry.js';
import { float, type Case } from '../onednn/kernel_case.js';
import { CASES } from '../onednn/kernel_cases.js';
import { installStandIn } from './stand_in.js';

// One process holds one TensorFlow: the order of these tests is that of a machine's life.

test('a package that is not there is named with the command that installs it', async () => {
  const missing = () =>
    Promise.reject(
      Object.assign(new Error(`Cannot find package '${CPU_PACKAGE}'`), { code: 'ERR_MODULE_NOT_FOUND' }),
    );
  await expect(loadTensorflow(CPU_PACKAGE, missing)).rejects.toThrow(
    'not installed: npm install @tensorflow/tfjs-node',
  );
});

test('a package that is broken says how', async () => {
  const noAddon = () =>
    Promise.reject(new Error('The addon module can not be found at path: x. \nPlease rebuild.'));
  await expect(loadTensorflow(CPU_PACKAGE, noAddon)).rejects.toThrow(
    'installed, but does not load: The addon module can not be found at path: x.',
  );
  const noTensorflow = () =>
    Promise.reject(
      Object.assign(new Error("Cannot find module '@tensorflow/tfjs'"), { code: 'MODULE_NOT_FOUND' }),
    );
  await expect(loadTensorflow(CPU_PACKAGE, noTensorflow)).rejects.toThrow(
    /does not load: Cannot find module/,
  );
});

test('a GPU package without a GPU is refused, and serves as the CPU one', async () => {
  const { isNullOrUndefined } = util as unknown as { isNullOrUndefined?: unknown };
  Reflect.deleteProperty(util, 'isNullOrUndefined'); // as in Node 23
  try {
    const importer = installStandIn(GPU_PACKAGE, false);
    await expect(loadTensorflow(GPU_PACKAGE, importer)).rejects.toThrow(/no GPU found/);
  } finally {
    Object.assign(util, { isNullOrUndefined });
  }
  const never = () => Promise.reject(new Error('a second copy'));
  expect(await loadTensorflow(CPU_PACKAGE, never)).toMatchObject({
    backend: 'tensorflow',
    version: 'TensorFlow 2.9.1',
    details: { device: 'CPU', package: GPU_PACKAGE },
  });
});

test('an engine with a GPU is not loaded a second time on the CPU', async () => {
  Object.assign(tf.findBackend('tensorflow'), { isUsingGpuDevice: true });
  expect((await loadTensorflow(GPU_PACKAGE)).details).toMatchObject({ device: 'GPU' });
  await expect(loadTensorflow(CPU_PACKAGE)).rejects.toThrow(/one TensorFlow fits into a process/);
});

const padded: [string, Case][] = [
  ...GEOMETRIES.map((g): [string, Case] => [
    'Conv2D',
    {
      inputs: { x: float(g.x), filter: float(g.filter) },
      attributes: { ...convolution(g), dimRoundingMode: 'floor' },
      forwardOnly: g.dilations !== undefined,
    },
  ]),
  ...CASES.FusedConv2D.map((one): [string, Case] => ['FusedConv2D', one]),
  ...CASES.MaxPool.map((one): [string, Case] => ['MaxPool', one]),
];

test.each(padded)('%s %j as on the cpu engine', async (kernel, one) => {
  const found = await evaluate('tensorflow', kernel, one, 0);
  const expected = await evaluate('cpu', kernel, one, 0);
  found.forEach(({ shape, values }, i) => {
    expect(shape).toEqual(expected[i].shape);
    expect(largestError(values, expected[i].values)).toBeLessThan(1e-5);
  });
});

test('a VICReg step gives what it gives on the cpu engine', async () => {
  await useEngine('cpu');
  const expected = await learnerStep('imagenet', 'lars');
  await useEngine('tfjs-node-gpu');
  const found = await learnerStep('imagenet', 'lars');
  expect(found.loss / expected.loss).toBeCloseTo(1, 5);
  expect(largestDistance(found, expected).distance).toBeLessThan(5e-5);
});
