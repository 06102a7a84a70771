/** @file Encoders that learn with an agent: gradients through both engines, what is kept, what stays as it is. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { EncoderBody } from '../../src/agents/encoder-body.js';
import { linearInit, Mlp, Optimizer } from '../../src/agents/networks/index.js';
import { pictureNetwork, type PictureNetwork } from '../../src/agents/picture-network.js';
import { drawShifts, PictureReader, shiftPictures } from '../../src/agents/pictures.js';
import { createEncoder } from '../../src/encoders/index.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';

beforeAll(() => useEngine('wasm'));

const shape = { size: [24, 24] as const, stack: 2, flow: false };
const N = 3;
const inputs = Uint8Array.from({ length: N * 2 * 24 * 24 * 3 }, (_, i) => (i * 7919) % 256);

/** A ResNet whose residual branches count, and whose statistics are not those it began with. */
function resnet(): PictureNetwork {
  const rng = new Generator(4);
  const encoder = createEncoder('resnet18', { stem: 'imagenet', width: 4, zeroInitResidual: false, rng });
  for (const [name, buffer] of encoder.buffers) {
    const values = new Generator(5).fillUniform(new Float32Array(buffer.size), 0.5, 1.5);
    if (name.endsWith('running_var')) tf.tidy(() => buffer.assign(tf.tensor1d(values)));
  }
  const forward = (images: tf.Tensor4D) => encoder.forward(images, { training: false, layer: 2 });
  return {
    ...{ mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], together: false, featureDim: 8 },
    ...{ module: encoder.upTo(2), forward, dispose: () => encoder.dispose() },
  };
}

const scratch = () =>
  pictureNetwork({ name: 'scratch', kind: 'scratch' }, { ...shape, grid: 1, rng: new Generator(1) });

function headOn(body: EncoderBody): Mlp {
  const sizes = [body.featureSize, 5, 2];
  return new Mlp({ sizes, activation: 'tanh', batch: 8, rng: new Generator(2), initialise: linearInit });
}

/** The loss is the sum of squares of the head's outputs. */
function learnFrom(body: EncoderBody, head: Mlp): void {
  body.train(inputs, N, (features) => {
    const outputs = head.forward(features, N);
    return head.backward(outputs.map((value) => 2 * value), N, 'both'); // prettier-ignore
  });
}

test('shifts of at most a 21st of the side, drawn by its own generator; without it inputs are as they are', () => {
  const [plain, one, same] = [undefined, new Generator(9), new Generator(9)].map(
    (shifts) => new EncoderBody(scratch(), shape, shifts),
  );
  expect(plain.augment(inputs, N)).toBe(inputs);
  const seen = one.augment(inputs, N);
  expect(seen).toEqual(shiftPictures(inputs, shape, drawShifts(new Generator(9), N, 1)));
  expect(seen).not.toEqual(inputs);
  expect(same.augment(inputs, N)).toEqual(seen);
  for (const body of [plain, one, same]) body.dispose();
});

test('flow: what changed, eight times, before what is', () => {
  const [plain, flow] = [false, true].map((on) => new EncoderBody(resnet(), { ...shape, flow: on }));
  const [each, seen] = [plain, flow].map((body) => body.features(inputs, N).slice());
  for (let at = 0; at < each.length; at += 16) {
    for (let i = at; i < at + 8; i++) {
      expect(seen[i]).toBeCloseTo(8 * (each[i + 8] - each[i]), 4);
      expect(seen[i + 8]).toBeCloseTo(each[i + 8], 5);
    }
  }
  for (const body of [plain, flow]) body.dispose();
});

describe.each([
  ['a network from scratch', scratch],
  ['a ResNet up to its second stage', resnet],
])('%s', (_, make) => {
  test('has the gradients of one loss in one engine', async () => {
    const network = make();
    const body = new EncoderBody(network, shape);
    const head = headOn(body);
    learnFrom(body, head);
    const squares = body.trainable.squaredGradientNorm();

    const weights = new Map(
      [...(await head.parameters())].map(([name, tensor]) => [
        name,
        tf.tensor2d(tensor.data as Float32Array, [tensor.shape[0], tensor.shape[1] ?? 1]),
      ]),
    );
    const images = new PictureReader({ ...shape, ...network }).read(inputs, N);
    const linear = (name: number, x: tf.Tensor2D) =>
      tf.add<tf.Tensor2D>(
        tf.matMul(x, weights.get(`${name}.weight`)!, false, true),
        tf.reshape(weights.get(`${name}.bias`)!, [-1]),
      );
    const { grads } = tf.variableGrads(() => {
      const features = tf.reshape<tf.Rank.R2>(network.forward(images), [N, body.featureSize]);
      return tf.sum<tf.Scalar>(tf.square(linear(2, tf.tanh(linear(0, features)))));
    }, [...network.module.parameters.values()]);
    const expected = Object.values(grads).reduce(
      (sum, grad) => sum + tf.sum(tf.square(grad)).dataSync()[0],
      0,
    );
    expect(Math.abs(squares / expected - 1)).toBeLessThan(1e-4);

    // Adam's first step is the sign of each gradient, but for those near 0.
    const before = new Map([...network.module.parameters].map(([name, v]) => [name, v.dataSync().slice()]));
    new Optimizer([body.trainable], { maxNorm: Infinity, epsilon: 1e-8 }).step(0.01);
    for (const [name, variable] of network.module.parameters) {
      const gradient = grads[variable.name].dataSync();
      const errors = Array.from(variable.dataSync(), (value, i) =>
        Math.abs(gradient[i]) < 1e-4
          ? 0
          : Math.abs(value - before.get(name)![i] + 0.01 * Math.sign(gradient[i])),
      );
      expect(Math.max(...errors)).toBeLessThan(1e-4);
    }
    body.dispose();
  });

  test('follows another, and comes back from what was saved', async () => {
    const [body, other, loaded] = [make(), make(), make()].map((network) => new EncoderBody(network, shape));
    const optimizer = new Optimizer([body.trainable], { maxNorm: 0.5, epsilon: 1e-8 });
    for (let i = 0; i < 2; i++) {
      learnFrom(body, headOn(body));
      optimizer.step(1e-2);
    }
    const features = body.features(inputs, N);
    expect(other.features(inputs, N)).not.toEqual(features);
    other.follow(body);
    expect(other.features(inputs, N)).toEqual(features);
    loaded.trainable.load(await body.trainable.parameters(), await body.trainable.moments());
    expect(loaded.features(inputs, N)).toEqual(features);
    const continued = new Optimizer([loaded.trainable], { maxNorm: 0.5, epsilon: 1e-8 });
    continued.steps = optimizer.steps;
    for (const [one, by] of [
      [body, optimizer],
      [loaded, continued],
    ] as const) {
      // prettier-ignore
      learnFrom(one, headOn(one));
      by.step(1e-2);
    }
    expect(loaded.features(inputs, N)).toEqual(body.features(inputs, N));
    for (const one of [body, other, loaded]) one.dispose();
  });

  test('statistics stay as they are, and no tensor is left behind', () => {
    const tensors = () => tf.memory().numTensors;
    const before = tensors();
    const network = make();
    const statistics = () => [...network.module.buffers.values()].map((buffer) => buffer.dataSync().slice());
    const began = statistics();
    const body = new EncoderBody(network, shape, new Generator(0));
    const head = headOn(body);
    const optimizer = new Optimizer([body.trainable], { maxNorm: 0.1, epsilon: 1e-8 });
    const round = () => {
      body.features(body.augment(inputs, N), N);
      learnFrom(body, head);
      optimizer.step(1e-3);
      return tensors();
    };
    expect([round(), round(), round()]).toEqual(Array(3).fill(tensors()));
    expect(statistics()).toEqual(began);
    body.dispose();
    expect(tensors()).toBe(before);
  });
});
