/** @file VICReg against facebookresearch/vicreg's values in float64, by both ways to the covariance. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/errors.js';
import { PROJECT_ROOT } from '../../../src/files.js';
import { METHODS, findMethod, vicregLoss } from '../../../src/pretrain/methods/index.js';
import { Generator } from '../../../src/random/index.js';
import { tf, useEngine } from '../../../src/tensor/index.js';

interface Golden {
  inputs: number[][][];
  loss: number;
  parts: Record<string, number>;
  grads: number[][][];
}

const golden = (
  JSON.parse(readFileSync(join(PROJECT_ROOT, 'test/golden/ssl_losses.json'), 'utf8')) as { vicreg: Golden }
).vicreg;

function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  return Math.sqrt(difference / norm);
}

/** The definition, term by term, in float64. */
function literal(views: number[][][]): { variance: number; covariance: number } {
  let [variance, covariance] = [0, 0];
  for (const z of views) {
    const [n, d] = [z.length, z[0].length];
    const means = z[0].map((_, j) => z.reduce((sum, row) => sum + row[j], 0) / n);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const c = z.reduce((sum, row) => sum + (row[i] - means[i]) * (row[j] - means[j]), 0) / (n - 1);
        if (i === j) variance += Math.max(0, 1 - Math.sqrt(c + 1e-4)) / d / 2;
        else covariance += c ** 2 / d;
      }
    }
  }
  return { variance, covariance };
}

const gaussians = (seed: number, n: number, d: number) => {
  const rng = new Generator(seed);
  return [0, 1].map(() => Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal() / 2)));
};

describe.each(['cpu', 'auto'])('VICReg on engine %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test('loss and parts equal the reference (N < D: N x N products)', () => {
    const [a, b] = golden.inputs.map((view) => tf.tensor2d(view));
    const { loss, parts } = vicregLoss(a, b);
    expect(loss.arraySync() / golden.loss).toBeCloseTo(1, 6);
    for (const [name, value] of Object.entries(golden.parts)) {
      expect(parts[name].arraySync() / value).toBeCloseTo(1, 6);
    }
  });

  test('gradients equal the reference', () => {
    const inputs = golden.inputs.map((view) => tf.tensor2d(view));
    const grads = tf.grads((a, b) => vicregLoss(a as tf.Tensor2D, b as tf.Tensor2D).loss)(inputs);
    grads.forEach((grad, i) => {
      expect(relativeError(grad.dataSync(), golden.grads[i].flat())).toBeLessThan(1e-6);
    });
  });

  test.each([
    ['N > D: D x D products', 40, 12],
    ['N < D: N x N products', 12, 40],
    ['N = D', 16, 16],
  ])('parts equal the definition, %s', (_, n, d) => {
    const views = gaussians(n, n, d);
    const { parts } = vicregLoss(tf.tensor2d(views[0]), tf.tensor2d(views[1]));
    const expected = literal(views);
    expect(parts.variance.arraySync() / expected.variance).toBeCloseTo(1, 5);
    expect(parts.covariance.arraySync() / expected.covariance).toBeCloseTo(1, 5);
  });

  test('D x D products give the gradient of finite differences', () => {
    const views = gaussians(3, 10, 4);
    const coefficients = { simCoeff: 3, stdCoeff: 5, covCoeff: 2 };
    const value = (a: number[][]) =>
      vicregLoss(tf.tensor2d(a), tf.tensor2d(views[1]), coefficients).loss.arraySync();
    const gradient = tf.grad((a) => vicregLoss(a as tf.Tensor2D, tf.tensor2d(views[1]), coefficients).loss);
    const found = gradient(tf.tensor2d(views[0])).arraySync() as number[][];
    for (const [i, j] of [
      [0, 0],
      [3, 2],
      [9, 3],
    ]) {
      // prettier-ignore
      const moved = (by: number) => views[0].map((row, r) => row.map((x, c) => (r === i && c === j ? x + by : x)));
      expect(found[i][j]).toBeCloseTo((value(moved(1e-2)) - value(moved(-1e-2))) / 2e-2, 2);
    }
  });

  test('coefficients scale their parts', () => {
    const [a, b] = golden.inputs.map((view) => tf.tensor2d(view));
    const { loss } = vicregLoss(a, b, { simCoeff: 0, stdCoeff: 0, covCoeff: 3 });
    expect(loss.arraySync() / (3 * golden.parts.covariance)).toBeCloseTo(1, 5);
  });

  test('shapes that differ and single images are refused', () => {
    expect(() => vicregLoss(tf.zeros([4, 8]), tf.zeros([4, 7]))).toThrow(UserError);
    expect(() => vicregLoss(tf.zeros([1, 8]), tf.zeros([1, 8]))).toThrow(/\[1, 8\]/);
  });
});

test('an unknown method names the nearest', () => {
  expect(() => findMethod('vicrg')).toThrow('Did you mean "vicreg"?');
  for (const [name, method] of Object.entries(METHODS)) expect(method.name).toBe(name);
});
