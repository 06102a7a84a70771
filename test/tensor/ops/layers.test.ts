/** @file Layers by hand-worked values and by definition, on every engine that loads here. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/errors.js';
import { Generator } from '../../../src/random/index.js';
import {
  averagePoolGrid,
  conv2d,
  globalAveragePool,
  maxPool,
  softmaxCrossEntropy,
  tf,
  useEngine,
} from '../../../src/tensor/index.js';

const numbers = (tensor: tf.Tensor) => Array.from(tensor.dataSync());
const near = (values: number[], digits = 5) => values.map((value) => expect.closeTo(value, digits));

describe.each(['cpu', 'onednn', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine, { threads: 2 });
  });

  test('conv2d pads alike on both sides at stride 2, as PyTorch', () => {
    tf.tidy(() => {
      const x = tf.reshape<tf.Rank.R4>(tf.range(1, 17), [1, 4, 4, 1]);
      const y = conv2d(x, tf.ones([3, 3, 1, 1]), 2, 1);
      expect(y.shape).toEqual([1, 2, 2, 1]);
      expect(numbers(y)).toEqual([14, 30, 57, 99]);
    });
  });

  test('maxPool of negative images: padding never wins, the gradient goes to the pixels that did', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([-1, -2, -3, -4, -5, -6, -7, -8, -9], [1, 3, 3, 1]);
      const pool = (image: tf.Tensor) => maxPool(image as tf.Tensor4D, 3, 2, 1);
      expect(numbers(pool(x))).toEqual([-1, -2, -4, -5]);
      const dx = tf.grad(pool)(x, tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]));
      expect(numbers(dx)).toEqual([1, 2, 0, 3, 4, 0, 0, 0, 0]);
    });
  });

  test('maxPool: of equal pixels the first in the window gets the gradient, as in PyTorch', () => {
    tf.tidy(() => {
      const pool = (image: tf.Tensor) => maxPool(image as tf.Tensor4D, 2, 1, 0);
      const dx = tf.grad(pool)(tf.zeros([1, 2, 3, 2]), tf.tensor4d([1, 2, 3, 4], [1, 1, 2, 2]));
      expect(numbers(dx)).toEqual([1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
    });
  });

  test('averagePoolGrid and its gradient; a grid that does not fit', () => {
    tf.tidy(() => {
      const x = tf.reshape<tf.Rank.R4>(tf.range(0, 16), [1, 2, 4, 2]);
      const pool = (image: tf.Tensor) => averagePoolGrid(image as tf.Tensor4D, 2);
      expect(pool(x).shape).toEqual([1, 8]);
      expect(numbers(pool(x))).toEqual([1, 2, 5, 6, 9, 10, 13, 14]);
      const dx = tf.grad(pool)(x, tf.tensor2d([2, 4, 6, 8, 10, 12, 14, 16], [1, 8]));
      expect(numbers(dx)).toEqual([1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8, 7, 8]);
      expect(() => averagePoolGrid(x, 4)).toThrow(UserError);
      expect(() => averagePoolGrid(x, 4)).toThrow('Activations of 2x4 cannot be cut into a grid of 4x4');
    });
  });

  test('globalAveragePool and its gradient', () => {
    tf.tidy(() => {
      const x = tf.reshape<tf.Rank.R4>(tf.range(0, 24), [2, 2, 3, 2]);
      const y = globalAveragePool(x);
      expect(y.shape).toEqual([2, 2]);
      expect(numbers(y)).toEqual([5, 6, 17, 18]);
      const dy = tf.tensor2d([[6, 12], [18, 24]]); // prettier-ignore
      const dx = tf.grad((image) => globalAveragePool(image as tf.Tensor4D))(x, dy);
      expect(numbers(dx)).toEqual(
        near([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4]),
      );
    });
  });

  test('softmaxCrossEntropy and its gradient, by definition', () => {
    const [rows, classes] = [5, 7];
    const generator = new Generator(2);
    const logits = Array.from({ length: rows * classes }, () => generator.uniform(-4, 4));
    const labels = [0, 6, 3, 3, 1];
    const softmax = labels.map((_, row) => {
      const exponentials = logits.slice(row * classes, (row + 1) * classes).map(Math.exp);
      const total = exponentials.reduce((a, b) => a + b, 0);
      return exponentials.map((value) => value / total);
    });
    const loss = labels.reduce((total, label, row) => total - Math.log(softmax[row][label]), 0) / rows;
    const gradient = labels.flatMap((label, row) =>
      softmax[row].map((p, c) => (p - (c === label ? 1 : 0)) / rows),
    );
    tf.tidy(() => {
      const targets = tf.tensor1d(labels, 'int32');
      const x = tf.tensor2d(logits, [rows, classes]);
      const halved = (input: tf.Tensor) => tf.div(softmaxCrossEntropy(input as tf.Tensor2D, targets), 2);
      expect(numbers(softmaxCrossEntropy(x, targets))).toEqual(near([loss]));
      expect(numbers(tf.grad(halved)(x))).toEqual(near(gradient.map((value) => value / 2)));
    });
  });

  test('softmaxCrossEntropy of huge logits is finite', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([[1e4, -1e4, 0]]);
      const labels = tf.tensor1d([1], 'int32');
      expect(numbers(softmaxCrossEntropy(logits, labels))).toEqual(near([2e4]));
    });
  });

  test('labels that are not N integers are refused', () => {
    tf.tidy(() => {
      const logits = tf.zeros<tf.Rank.R2>([2, 3]);
      expect(() => softmaxCrossEntropy(logits, tf.tensor1d([0, 1]))).toThrow(UserError);
      expect(() => softmaxCrossEntropy(logits, tf.tensor1d([0], 'int32'))).toThrow(
        'Expected 2 int32 labels, got 1',
      );
    });
  });
});
