/** @file Training must run for days: tensors, native bytes and the process's memory stay flat over 300 small steps. */
import { expect, test } from '@jest/globals';
import { Generator } from '../../../src/random/index.js';
import { tf } from '../../../src/tensor/index.js';
import { loadOnednn } from '../../../src/tensor/onednn/index.js';

const native = loadOnednn({ threads: 2 });

const MEGABYTE = 2 ** 20;

test('300 training steps leave tensors, native bytes and RSS as they were', async () => {
  await tf.setBackend('onednn');
  const generator = new Generator(0);
  const random = (shape: number[], scale: number) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, () => generator.normal(0, scale)),
      shape,
    );
  };
  const images = random([16, 12, 12, 3], 1) as tf.Tensor4D;
  const targets = random([16, 10], 1);
  const filter = tf.variable(random([3, 3, 3, 16], 0.2) as tf.Tensor4D);
  const second = tf.variable(random([3, 3, 16, 32], 0.1) as tf.Tensor4D);
  const weights = tf.variable(random([32, 10], 0.2) as tf.Tensor2D);
  const losses: number[] = [];

  const step = () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => {
        const hidden = tf.relu(tf.conv2d(images, filter, 1, 1));
        const features = tf.mean<tf.Tensor2D>(tf.relu(tf.conv2d(hidden, second, 2, 1)), [1, 2]);
        return tf.mean<tf.Scalar>(tf.squaredDifference(tf.matMul(features, weights), targets));
      });
      for (const variable of [filter, second, weights]) {
        variable.assign(tf.sub(variable, tf.mul(grads[variable.name], 0.05)));
      }
      losses.push(value.dataSync()[0]);
    });
  const measure = () => ({ ...tf.memory(), nativeBytes: native.usedBytes(), rss: process.memoryUsage().rss });

  for (let i = 0; i < 60; i++) step(); // the pool and V8's heap reach their size
  const before = measure();
  for (let i = 0; i < 300; i++) step();
  const after = measure();

  expect(after.numTensors).toBe(before.numTensors);
  expect(after.numDataBuffers).toBe(before.numDataBuffers);
  expect(after.numBytes).toBe(before.numBytes);
  expect(after.nativeBytes).toBe(before.nativeBytes);
  expect(after.rss - before.rss).toBeLessThan(24 * MEGABYTE);
  expect(losses.at(-1)).toBeLessThan(losses[0]);
});
