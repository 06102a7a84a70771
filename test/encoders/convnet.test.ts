/** @file The shallow network against its definition. */
import { beforeAll, expect, test } from '@jest/globals';
import { ConvNet } from '../../src/encoders/index.js';
import { UserError } from '../../src/errors.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';

beforeAll(() => useEngine('cpu'));

const normals = (shape: [number, number, number, number]) =>
  tf.tensor4d(new Generator(3).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);

test('8x8 at stride 4, 4x4 at stride 2, with biases and ReLU; the activations as they lie', () => {
  const network = new ConvNet({ inputChannels: 6, size: [28, 36], rng: new Generator(1) });
  network.parameters.get('2.bias')!.assign(tf.linspace(-0.5, 0.5, 32));
  tf.tidy(() => {
    const x = normals([2, 28, 36, 6]);
    const layer = (input: tf.Tensor4D, name: number, stride: number) => {
      const [filter, bias] = ['weight', 'bias'].map((part) => network.parameters.get(`${name}.${part}`)!);
      return tf.relu(tf.add(tf.conv2d(input, filter as tf.Tensor4D, stride, 'valid'), bias)) as tf.Tensor4D;
    };
    const expected = layer(layer(x, 0, 4), 2, 2);
    expect(expected.shape).toEqual([2, 2, 3, 32]);
    const features = network.forward(x);
    expect(features.shape).toEqual([2, network.featureDim]);
    expect([...features.dataSync()]).toEqual([...expected.dataSync()]);
  });
  network.dispose();
});

test('images must be large enough', () => {
  const make = (side: number) => new ConvNet({ inputChannels: 3, size: [side, 64], rng: new Generator(0) });
  expect(make(20).featureDim).toBe(6 * 32);
  expect(() => make(19)).toThrow(UserError);
  expect(() => make(19)).toThrow('Pictures of 19x64 pixels are too small');
});
