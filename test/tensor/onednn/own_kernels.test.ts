/** @file Kernels that only this engine has, against the same operations composed of plain ops on tfjs-backend-cpu. */
import { expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import { Generator } from '../../../src/random/index.js';
import { batchNorm, tf, type BatchNormOptions } from '../../../src/tensor/index.js';
import { loadOnednn } from '../../../src/tensor/onednn/index.js';

loadOnednn({ threads: 2 });

function expectClose(found: number[][], expected: number[][], tolerance = 1e-4): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  const errors = found.map((values, k) =>
    values.reduce((worst, value, i) => {
      const error = Math.abs(value - expected[k][i]) / Math.max(1, Math.abs(expected[k][i]));
      return Number.isNaN(worst) || error <= worst ? worst : error;
    }, 0),
  );
  for (const error of errors) expect(error).toBeLessThan(tolerance);
}

/** Output, running statistics, and the gradients of x, gamma, beta and the residual. */
async function runBatchNorm(
  backend: string,
  shape: number[],
  options: BatchNormOptions,
  withResidual: boolean,
): Promise<number[][]> {
  await tf.setBackend(backend);
  const generator = new Generator(shape);
  const channels = shape[shape.length - 1];
  const random = (size: number[], low: number, high: number) => {
    const count = size.reduce((product, n) => product * n, 1);
    return tf.tensor(
      Float32Array.from({ length: count }, () => generator.uniform(low, high)),
      size,
    );
  };
  const runningMean = tf.variable(random([channels], -1, 1));
  const runningVariance = tf.variable(random([channels], 0.5, 2));
  const inputs = [
    random(shape, -2, 3),
    random([channels], 0.5, 2),
    random([channels], -1, 1),
    random(shape, -1, 1),
  ];
  const weights = random(shape, -1, 1);
  const outputs: tf.Tensor[] = [];
  const loss = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, residual: tf.Tensor) => {
    const parameters = {
      gamma: gamma as tf.Tensor1D,
      beta: beta as tf.Tensor1D,
      runningMean,
      runningVariance,
    };
    const y = batchNorm(x, parameters, { ...options, residual: withResidual ? residual : undefined });
    outputs.push(tf.keep(y));
    // The residual takes part in any case, so that its gradient exists.
    return tf.sum(tf.add(tf.mul(y, weights), tf.mul(residual, 0.5)));
  };
  const gradients = tf.grads(loss)(inputs);
  return [...outputs, runningMean, runningVariance, ...gradients].map((t) => Array.from(t.dataSync()));
}

test.each([
  { shape: [6, 5], options: { training: true } },
  { shape: [4, 3, 3, 5], options: { training: true, relu: true } },
  { shape: [4, 3, 3, 17], options: { training: true, relu: true, residual: true } },
  { shape: [6, 2, 3, 16], options: { training: true, groups: 2 } },
  { shape: [6, 2, 3, 16], options: { training: true, groups: 3, relu: true, residual: true } },
  { shape: [4, 2, 2, 5], options: { training: false } },
  { shape: [4, 2, 2, 5], options: { training: false, relu: true, residual: true } },
  { shape: [64, 9, 9, 33], options: { training: true, relu: true, residual: true, groups: 2 } },
])('batchNorm of $shape with $options', async ({ shape, options: { residual, ...options } }) => {
  const withResidual = residual === true;
  expectClose(
    await runBatchNorm('onednn', shape, options, withResidual),
    await runBatchNorm('cpu', shape, options, withResidual),
  );
});

test.each([[[7]], [[3, 5]], [[2, 3, 4]]])('LogSoftmax of %j', async (shape) => {
  const run = async (backend: string) => {
    await tf.setBackend(backend);
    const generator = new Generator(1);
    const size = shape.reduce((product, n) => product * n, 1);
    const logits = tf.tensor(
      Float32Array.from({ length: size }, () => generator.uniform(-20, 20)),
      shape,
    );
    const y =
      backend === 'cpu'
        ? tf.logSoftmax(logits)
        : tf.engine().runKernel<tf.Tensor>('LogSoftmax', { logits }, { axis: shape.length - 1 });
    return [Array.from(y.dataSync())];
  };
  expectClose(await run('onednn'), await run('cpu'));
});
