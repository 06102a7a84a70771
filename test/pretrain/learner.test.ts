/** @file One training step: what it changes, what it leaves, what it frees. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DivergedError } from '../../src/errors.js';
import { Learner } from '../../src/pretrain/learner.js';
import { resolveConfig } from '../../src/pretrain/config.js';
import { vicregLoss } from '../../src/pretrain/methods/index.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import { loadOnednn } from '../../src/tensor/onednn/index.js';

const SIZE = [8, 8] as const;
const IMAGES = 6;
const config = resolveConfig({ arch: 'resnet18', width: '4', stem: 'cifar', mlp: '12-10', optimizer: 'sgd' });

function batch(seed: number) {
  const views = new Float32Array(2 * IMAGES * SIZE[0] * SIZE[1] * 3);
  new Generator(seed).fillNormal(views, 0, 1);
  return { views, labels: Int32Array.from({ length: IMAGES }, (_, i) => i % 3) };
}

const values = (learner: Learner) =>
  new Map([...learner.variables].map(([name, v]) => [name, v.dataSync().slice()]));

describe('Learner', () => {
  let learner: Learner;

  beforeAll(async () => {
    await useEngine('auto');
    learner = new Learner(config, 3);
  });
  afterAll(() => learner.dispose());

  test('the loss is that of two views passed one after the other', async () => {
    const { views, labels } = batch(1);
    const fresh = new Learner(config, 3);
    const [za, zb] = [0, 1].map((view) => {
      const pixels = views.subarray((view * views.length) / 2, ((view + 1) * views.length) / 2);
      const features = fresh.encoder.forward(tf.tensor4d(pixels, [IMAGES, ...SIZE, 3]), { training: true });
      return fresh.head.forward(features, { training: true });
    });
    const expected = vicregLoss(za, zb).loss.arraySync();
    const twice = values(fresh);
    const { loss } = await learner.step(views, SIZE, labels, 0);
    expect(loss / expected).toBeCloseTo(1, 5);
    for (const [name, value] of values(learner)) {
      if (!name.includes('running')) continue;
      twice.get(name)!.forEach((running, i) => expect(value[i]).toBeCloseTo(running, 5));
    }
  });

  test.each([true, false])('zero-init residual %s', (zeroInitResidual) => {
    const fresh = new Learner({ ...config, zeroInitResidual }, 3);
    const scale = fresh.encoder.parameters.get('layer1.0.bn2.weight')!.dataSync();
    expect(Array.from(scale)).toEqual(Array(4).fill(zeroInitResidual ? 0 : 1));
    fresh.dispose();
  });

  test('every parameter learns, and nothing leaks', async () => {
    const { views, labels } = batch(2);
    await learner.step(views, SIZE, labels, 0.1);
    const before = values(learner);
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await learner.step(views, SIZE, labels, 0.1);
    expect(tf.memory().numTensors).toBe(tensors);
    for (const [name, value] of values(learner)) {
      expect([name, value.some((x, i) => x !== before.get(name)![i])]).toEqual([name, true]);
    }
  });

  test('memory is flat over 300 steps: tensors, native bytes, and RSS but for the V8 heap', async () => {
    const { views, labels } = batch(4);
    const lars = new Learner({ ...config, optimizer: 'lars' }, 3);
    const measure = () => {
      const { rss, heapTotal } = process.memoryUsage();
      return { ...tf.memory(), native: loadOnednn().usedBytes(), outsideHeap: rss - heapTotal };
    };
    for (let i = 0; i < 100; i++) await lars.step(views, SIZE, labels, 1e-3); // pools reach their size
    const before = measure();
    for (let i = 0; i < 300; i++) await lars.step(views, SIZE, labels, 1e-3);
    const { outsideHeap, numTensors, numBytes, native } = measure();
    expect({ numTensors, numBytes, native }).toEqual({
      numTensors: before.numTensors,
      numBytes: before.numBytes,
      native: before.native,
    });
    expect(outsideHeap - before.outsideHeap).toBeLessThan(24 * 2 ** 20);
    lars.dispose();
  });

  test('evaluation changes nothing', () => {
    const before = values(learner);
    const features = learner.encoder.forward(tf.ones([4, ...SIZE, 3]), { training: false });
    expect(learner.probeLogits(features).shape).toEqual([4, 3]);
    expect(learner.embeddings(features).shape).toEqual([4, 10]);
    expect(values(learner)).toEqual(before);
  });

  test('a loss that is not finite is refused before weights change', async () => {
    const { views, labels } = batch(3);
    const weights = () => [...values(learner)].filter(([name]) => !name.includes('running'));
    const before = weights();
    await expect(learner.step(views.fill(NaN), SIZE, labels, 0.1)).rejects.toThrow(DivergedError);
    expect(weights()).toEqual(before);
  });

  test('the same seed gives the same weights, another seed others', () => {
    const [a, b, c] = [0, 0, 1].map((seed) => new Learner({ ...config, seed }, 3));
    expect(values(a)).toEqual(values(b));
    expect(values(a)).not.toEqual(values(c));
    for (const other of [a, b, c]) other.dispose();
  });
});
