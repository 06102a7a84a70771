/** @file The library's classifier: fitted, frozen, saved, loaded, and asked about the wrong images. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Classifier } from '../../src/classify/index.js';
import { keepFrozen } from '../../src/classify/embed.js';
import { sealTestSet } from '../../src/classify/test-set.js';
import { loadDataset, selectImages, type DataSplits } from '../../src/data/index.js';
import {
  createEncoder,
  hashModule,
  loadEncoder,
  MlpHead,
  saveEncoder,
  type ResNet,
} from '../../src/encoders/index.js';
import { CheckpointMismatchError, CorruptFileError, EncodergymError, UserError } from '../../src/errors.js';
import { Generator } from '../../src/random/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';
import { tinyCifar } from '../pretrain/tiny-cifar.js';
import { newFolder } from './stub.js';

const folder = newFolder();
const path = join(folder, 'classifier.safetensors');
let data: DataSplits;
let encoder: ResNet;

beforeAll(async () => {
  await useEngine();
  data = await loadDataset('cifar10', tinyCifar());
  encoder = createEncoder('resnet18', {
    stem: 'imagenet',
    width: 4,
    rng: new Generator(0),
    zeroInitResidual: false,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(['linear', 'mlp', 'knn'] as const)('%s', (protocol) => {
  test('fits without touching the encoder, and comes back from its file bit for bit', async () => {
    const before = await hashModule(encoder);
    const classifier = await Classifier.fit(encoder, data, protocol, {
      k: [5],
      linearEpochs: 20,
      mlpEpochs: 40,
      mlpLr: [0.3],
      hidden: [16],
    });
    expect(await hashModule(encoder)).toBe(before);
    const { accuracy } = await classifier.evaluate(data.train);
    expect(accuracy).toBeGreaterThan(0.3);
    await classifier.save(path);
    const loaded = Classifier.load(path);
    expect(loaded.info).toEqual({ ...classifier.info, protocol });
    expect(await loaded.predict(data.heldOut)).toEqual(await classifier.predict(data.heldOut));
    const alone = loadEncoder(path);
    expect(await hashModule(alone)).toBe(before);
    for (const used of [classifier, loaded, alone]) used.dispose();
  });
});

describe('what does not fit', () => {
  test('images of another size or of other classes', async () => {
    const classifier = await Classifier.fit(encoder, data, 'knn');
    const { train } = data;
    await expect(classifier.predict({ ...train, size: [16, 64] })).rejects.toThrow(
      /32x32 pixels, these have 16x64/,
    );
    const fewer = { ...train, classes: train.classes.slice(1) };
    await expect(classifier.evaluate(fewer)).rejects.toThrow(/knows 10 classes .* has 9/);
    classifier.dispose();
  });

  test('a head for an encoder of another width', () => {
    const head = new MlpHead([64, 10], { batchNorm: false, lastBias: true });
    const info = {
      protocol: 'linear',
      classes: ['a'],
      size: [32, 32] as const,
      mean: data.mean,
      std: data.std,
    };
    expect(() => new Classifier(encoder, head, info)).toThrow(CheckpointMismatchError);
    expect(() => new Classifier(encoder, head, info)).toThrow(/expects 64 features and the encoder gives 32/);
    head.dispose();
  });

  test('a file that holds an encoder only', async () => {
    await saveEncoder(path, encoder);
    expect(() => Classifier.load(path)).toThrow(CorruptFileError);
  });

  test('images without labels, or without a test part', async () => {
    const { train, heldOut, mean, std } = data;
    const unlabelled = { ...train, classes: ['unlabelled'] };
    const bare = { name: 'photos', train: unlabelled, heldOut, mean, std };
    await expect(Classifier.fit(encoder, bare, 'knn')).rejects.toThrow(/photos has no labels/);
    expect(() => sealTestSet(bare)).toThrow(/has no labels/);
    expect(() => sealTestSet({ ...bare, train })).toThrow(UserError);
    expect(() => sealTestSet({ ...bare, train })).toThrow(/no test part .* train\/CLASS and test\/CLASS/);
  });
});

test('the labels of a sealed test set come out once, and its images have none', () => {
  const { development, test: sealed } = sealTestSet(data);
  expect(development).not.toHaveProperty('test');
  expect(new Set(sealed.images.labels)).toEqual(new Set([-1]));
  expect(JSON.stringify(sealed)).not.toContain([...data.test!.labels].join());
  expect(sealed.open()).toBe(data.test!.labels);
  expect(sealed.opened).toBe(1);
  expect(() => sealed.open()).toThrow(EncodergymError);
});

test('an encoder that moves while it should be frozen fails the work', async () => {
  const own = createEncoder('resnet18', { stem: 'imagenet', width: 4, rng: new Generator(1) });
  const images = selectImages(data.train, Int32Array.of(0, 1, 2, 3));
  const pixels = tf.tensor4d(Float32Array.from(images.images), [4, 32, 32, 3]);
  const forward = (training: boolean) => {
    tf.tidy(() => void own.forward(pixels, { training }));
    return Promise.resolve(3);
  };
  expect(await keepFrozen(own, () => forward(false))).toEqual({ result: 3, hash: await hashModule(own) });
  // Only BatchNorm's statistics move.
  await expect(keepFrozen(own, () => forward(true))).rejects.toThrow(
    /weights or BatchNorm statistics have changed/,
  );
  pixels.dispose();
  own.dispose();
});
