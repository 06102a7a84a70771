/** @file ResNets against torchvision's, trained and at rest; initial weights; names of architectures. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  ARCHITECTURES,
  countParameters,
  createEncoder,
  hashModule,
  ResNet,
} from '../../src/encoders/index.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import { GOLDEN_NETS, loadGolden, relativeError, torchOrder } from './golden.js';

// The fused operations, and what they are composed of elsewhere.
const engines = ['auto', 'wasm'] as const;
// Relative L2 errors of float32 against torchvision's float32; measured: 2.5e-6 at most.
const TOLERANCE = 5e-6;

describe.each(engines)('engine %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test.each(GOLDEN_NETS)("%s: features, gradients and running statistics are torchvision's", (name) => {
    const { encoder, values, batch, x, lossWeight } = loadGolden(name);
    const names = [...encoder.parameters.keys()];
    const variables = [...encoder.parameters.values()];
    const { value, grads } = tf.valueAndGrads((...inputs: tf.Tensor[]) => {
      const features = encoder.forward(inputs[0] as tf.Tensor4D, { training: true });
      expect(relativeError(features.dataSync(), values.get('features')!)).toBeLessThan(TOLERANCE);
      return tf.div(tf.sum(tf.mul(features, lossWeight)), batch);
    })([x, ...variables]);
    // The loss is a sum of terms of both signs: its error is measured against their size.
    const terms = tf.norm(values.get('features')!).dataSync()[0] * tf.norm(lossWeight).dataSync()[0];
    expect(Math.abs(value.dataSync()[0] - values.get('loss')![0])).toBeLessThan((2e-6 * terms) / batch);
    const errors = names.map((key, i): [string, number] => [
      key,
      relativeError(torchOrder(grads[i + 1], 'filter'), values.get(`grad.${key}`)!),
    ]);
    errors.push(['x', relativeError(torchOrder(grads[0], 'image'), values.get('grad.x')!)]);
    expect(errors.filter(([, error]) => !(error < TOLERANCE))).toEqual([]);
    for (const [key, buffer] of encoder.buffers) {
      expect(relativeError(buffer.dataSync(), values.get(`after.${key}`)!)).toBeLessThan(TOLERANCE);
    }
    const atRest = encoder.forward(x, { training: false });
    expect(relativeError(atRest.dataSync(), values.get('features_eval')!)).toBeLessThan(TOLERANCE);
    tf.dispose([value, grads, atRest, x, lossWeight]);
    encoder.dispose();
  });

  test.each(GOLDEN_NETS)('%s: two views as groups equal two forward passes', (name) => {
    const joint = loadGolden(name);
    const apart = loadGolden(name);
    const flipped = tf.reverse(joint.x, 2);
    const both = tf.tidy(() =>
      joint.encoder.forward(tf.concat([joint.x, flipped]), { training: true, groups: 2 }),
    );
    const each = tf.tidy(() =>
      tf.concat([joint.x, flipped].map((view) => apart.encoder.forward(view, { training: true }))),
    );
    expect(relativeError(both.dataSync(), each.dataSync())).toBeLessThan(2e-6);
    for (const [key, buffer] of joint.encoder.buffers) {
      expect(relativeError(buffer.dataSync(), apart.encoder.buffers.get(key)!.dataSync())).toBeLessThan(2e-6);
    }
  });

  test('a pass leaves nothing behind but its features', () => {
    const encoder = tinyEncoder();
    const x = tf.zeros<tf.Rank.R4>([2, 16, 16, 3]);
    const before = tf.memory().numTensors;
    for (const training of [true, false]) {
      const features = tf.tidy(() => encoder.forward(x, { training }));
      expect(features.shape).toEqual([2, encoder.featureDim]);
      features.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
    encoder.dispose();
  });
});

function tinyEncoder(seed = 0): ResNet {
  return new ResNet({
    block: 'basic',
    blocks: [1, 1, 1, 1],
    width: 4,
    stem: 'cifar',
    rng: new Generator(seed),
  });
}

describe('building', () => {
  // torchvision's counts without the classifier.
  test.each([
    ['resnet18', 11_176_512, 512],
    ['resnet34', 21_284_672, 512],
    ['resnet50', 23_508_032, 2048],
    ['resnet101', 42_500_160, 2048],
  ])('%s has %i weights and %i features', (arch, weights, featureDim) => {
    const { width, ...rest } = ARCHITECTURES[arch];
    const encoder = new ResNet({ ...rest, width, stem: 'imagenet' });
    expect(countParameters(encoder)).toBe(weights);
    expect(encoder.featureDim).toBe(featureDim);
    encoder.dispose();
  });

  test('initial weights: Kaiming normal over the fan-out, residual branches at zero, by seed', async () => {
    const encoder = createEncoder('resnet18', { stem: 'cifar', width: 16, rng: new Generator(5) });
    const filter = encoder.parameters.get('layer3.1.conv2.weight')!;
    const { mean, variance } = tf.moments(filter);
    expect(Math.abs(mean.dataSync()[0])).toBeLessThan(1e-3);
    expect(Math.sqrt(variance.dataSync()[0]) / Math.sqrt(2 / (64 * 9))).toBeCloseTo(1, 1);
    expect(
      encoder.parameters
        .get('layer3.1.bn2.weight')!
        .dataSync()
        .every((value) => value === 0),
    ).toBe(true);
    expect(
      encoder.parameters
        .get('layer3.1.bn1.weight')!
        .dataSync()
        .every((value) => value === 1),
    ).toBe(true);
    const [first, same, other] = await Promise.all([3, 3, 4].map((seed) => hashModule(tinyEncoder(seed))));
    expect(first).toBe(same);
    expect(first).not.toBe(other);
  });

  test('the means over a grid are those of its fields, and their mean is that of the whole', () => {
    const encoder = createEncoder('resnet18', { stem: 'cifar', width: 4, rng: new Generator(1) });
    tf.tidy(() => {
      const images = tf.tensor4d(new Generator(2).fillNormal(new Float32Array(2 * 8 * 8 * 3)), [2, 8, 8, 3]);
      const fields = encoder.forward(images, { training: false, layer: 2, grid: 2 });
      expect(fields.shape).toEqual([2, 4 * 8]);
      const means = tf.mean(tf.reshape(fields, [2, 4, 8]), 1).dataSync();
      const whole = encoder.forward(images, { training: false, layer: 2 }).dataSync();
      whole.forEach((value, i) => expect(means[i]).toBeCloseTo(value, 5));
    });
    encoder.dispose();
  });

  test('the part of a network that a pass to an earlier stage uses', () => {
    const encoder = createEncoder('resnet18', { stem: 'cifar', width: 4, rng: new Generator(1) });
    const names = [...encoder.upTo(2).parameters.keys()];
    expect(names.some((name) => name.startsWith('layer2.1.'))).toBe(true);
    expect(names.some((name) => /^layer[34]/.test(name))).toBe(false);
    expect([...encoder.upTo(2).buffers.keys()].some((name) => /^layer[34]/.test(name))).toBe(false);
    expect([...encoder.upTo().parameters.keys()]).toEqual([...encoder.parameters.keys()]);
    encoder.dispose();
  });

  test('earlier layers can be read', () => {
    const encoder = tinyEncoder();
    const x = tf.ones<tf.Rank.R4>([1, 8, 8, 3]);
    expect([1, 2, 3, 4].map((layer) => encoder.forward(x, { training: false, layer }).shape[1])).toEqual([
      4, 8, 16, 32,
    ]);
  });

  test('the hash sees weights and buffers', async () => {
    const encoder = tinyEncoder();
    const before = await hashModule(encoder);
    const x = tf.ones<tf.Rank.R4>([2, 8, 8, 3]);
    encoder.forward(x, { training: false });
    expect(await hashModule(encoder)).toBe(before);
    encoder.forward(x, { training: true });
    expect(await hashModule(encoder)).not.toBe(before);
  });

  test('unknown names and impossible widths are refused', () => {
    const rng = new Generator(0);
    expect(() => createEncoder('resnet81', { stem: 'cifar', rng })).toThrow(
      /Unknown architecture "resnet81".*resnet18/,
    );
    expect(() => createEncoder('resnet18', { stem: 'cifra' as 'cifar', rng })).toThrow(
      /Did you mean "cifar"/,
    );
    expect(() => createEncoder('resnet18', { stem: 'cifar', width: 0.5, rng })).toThrow(/width/);
  });
});
