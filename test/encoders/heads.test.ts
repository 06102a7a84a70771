/** @file Projectors and classifier heads: names, arithmetic, gradients. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { headSizes, MlpHead } from '../../src/encoders/index.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import { relativeError } from './golden.js';

beforeAll(async () => {
  await useEngine();
});

const normal = (shape: [number, number], seed: number) =>
  tf.tensor2d(new Generator(seed).fillNormal(new Float32Array(shape[0] * shape[1])), shape);

describe('projector', () => {
  test("has nn.Sequential's names and Linear's initial range", () => {
    const head = new MlpHead([6, 8, 8, 4], { rng: new Generator(1) });
    const shapes = Object.fromEntries([...head.parameters].map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual({
      '0.weight': [8, 6],
      '0.bias': [8],
      '1.weight': [8],
      '1.bias': [8],
      '3.weight': [8, 8],
      '3.bias': [8],
      '4.weight': [8],
      '4.bias': [8],
      '6.weight': [4, 8],
    });
    expect([...head.buffers.keys()]).toEqual([
      '1.running_mean',
      '1.running_var',
      '4.running_mean',
      '4.running_var',
    ]);
    const weights = [...head.parameters.get('0.weight')!.dataSync()];
    const largest = Math.max(...weights.map(Math.abs));
    expect(largest).toBeLessThan(1 / Math.sqrt(6));
    expect(largest).toBeGreaterThan(0.8 / Math.sqrt(6));
  });

  test('computes Linear, BatchNorm, ReLU, Linear, with every gradient', () => {
    const head = new MlpHead([5, 7, 3], { rng: new Generator(2) });
    const x = normal([9, 5], 3);
    const target = normal([9, 3], 4);
    const composed = () => {
      const weight = <T extends tf.Tensor>(name: string) => head.parameters.get(name) as unknown as T;
      const hidden = tf.add(tf.matMul(x, weight<tf.Tensor2D>('0.weight'), false, true), weight('0.bias'));
      const { mean, variance } = tf.moments(hidden, 0);
      const normalised = tf.div(tf.sub(hidden, mean), tf.sqrt(tf.add(variance, 1e-5)));
      const scaled = tf.relu(tf.add(tf.mul(normalised, weight('1.weight')), weight('1.bias'))) as tf.Tensor2D;
      return tf.matMul(scaled, weight<tf.Tensor2D>('3.weight'), false, true);
    };
    const variables = [...head.parameters.values()];
    const [found, expected] = [() => head.forward(x, { training: true }), composed].map((forward) =>
      tf.variableGrads(() => tf.sum(tf.mul(forward(), target)), variables),
    );
    expect(relativeError(found.value.dataSync(), expected.value.dataSync())).toBeLessThan(1e-5);
    for (const [name, { name: key }] of head.parameters) {
      const [gradient, reference] = [found, expected].map(({ grads }) => grads[key].dataSync());
      // BatchNorm cancels the bias before it: its gradient is rounding noise around 0.
      if (name === '0.bias') expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-5);
      else expect(relativeError(gradient, reference)).toBeLessThan(1e-5);
    }
  });
});

test('a classifier head is Linear, ReLU, Linear with biases', () => {
  const head = new MlpHead([4, 6, 2], { rng: new Generator(0), batchNorm: false, lastBias: true });
  expect([...head.parameters.keys()]).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
  expect(head.buffers.size).toBe(0);
  expect(head.forward(normal([3, 4], 1), { training: false }).shape).toEqual([3, 2]);
});

test('sizes from a flag', () => {
  expect(headSizes(512, '2048-2048-128')).toEqual([512, 2048, 2048, 128]);
  for (const bad of ['', '2048-', '2048x2048', '0-5', '-5'])
    expect(() => headSizes(512, bad)).toThrow(/joined by "-"/);
  expect(() => new MlpHead([3], {})).toThrow(/at least two/);
});
