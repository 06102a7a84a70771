/**
 * @file A package in the place of @tensorflow/tfjs-node(-gpu), which cannot be installed everywhere: it registers the
 * backend `tensorflow` with tfjs-backend-cpu's kernels made as strict as theirs, which refuse numeric padding.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Importer } from '../../../src/tensor/tensorflow/index.js';

const { resolve } = createRequire(import.meta.url);

const source = (gpu: boolean) => `
const util = require('util');
if (!util.isNullOrUndefined(undefined) || !util.isArray([])) throw new Error('util is not complete');
const tf = require(${JSON.stringify(resolve('@tensorflow/tfjs-core'))});
const { MathBackendCPU } = require(${JSON.stringify(resolve('@tensorflow/tfjs-backend-cpu'))});
const { computeConv2DInfo, computePool2DInfo } = tf.backend_util;

class Backend extends MathBackendCPU {
  isUsingGpuDevice = ${String(gpu)};
  binding = { TF_Version: '2.9.1' };
}
tf.registerBackend('tensorflow', () => new Backend(), 3);
tf.copyRegisteredKernels('cpu', 'tensorflow');

const convolution = (x, filter, a) => computeConv2DInfo(x, filter, a.strides, a.dilations ?? 1, a.pad, a.dimRoundingMode);
const pool = (x, a) => computePool2DInfo(x, a.filterSize, a.strides, 1, a.pad, a.dimRoundingMode);
const strict = {
  Conv2D: ({ x, filter }, a) => convolution(x.shape, filter.shape, a),
  FusedConv2D: ({ x, filter }, a) => convolution(x.shape, filter.shape, a),
  Conv2DBackpropFilter: ({ x }, a) => convolution(x.shape, a.filterShape, a),
  Conv2DBackpropInput: ({ filter }, a) => convolution(a.inputShape, filter.shape, a),
  MaxPool: ({ x }, a) => pool(x.shape, a),
  MaxPoolGrad: ({ input }, a) => pool(input.shape, a),
};
for (const [kernelName, infoOf] of Object.entries(strict)) {
  const { kernelFunc } = tf.getKernel(kernelName, 'tensorflow');
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: (call) => {
      const { type } = infoOf(call.inputs, call.attrs).padInfo;
      if (type !== 'VALID' && type !== 'SAME') throw new Error('TF Backend supports only valid and same padding');
      return kernelFunc(call);
    },
  });
}
if (!tf.setBackend('tensorflow')) throw new Error('Could not initialize TensorFlow backend.');
`;

/** Installs the stand-in into a temporary node_modules folder, and imports from there. */
export function installStandIn(packageName: string, gpu: boolean): Importer {
  const root = mkdtempSync(join(tmpdir(), 'encodergym-tfjs-node-'));
  const main = join(root, 'node_modules', packageName, 'index.js');
  mkdirSync(dirname(main), { recursive: true });
  writeFileSync(join(dirname(main), 'package.json'), JSON.stringify({ name: packageName, main: 'index.js' }));
  writeFileSync(main, source(gpu));
  return (name) => import(pathToFileURL(join(root, 'node_modules', name, 'index.js')).href);
}
