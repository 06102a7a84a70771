/** @file Heads side by side against the rule written out for one head, on every engine that loads here. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/errors.js';
import { Generator } from '../../../src/random/index.js';
import { LinearHeads, tf, useEngine } from '../../../src/tensor/index.js';

const [ROWS, DIM, CLASSES] = [90, 300, 3]; // a second chunk of terms; rows beyond those of one partial gradient
const LRS = [0.1, 0.1, 0.5, 0.5, 2, 2, 0.02];
const DECAYS = [0, 0.1, 0, 0.1, 0, 0.05, 0.3];
const MOMENTUM = 0.9;

const rng = new Generator(7);
const normals = (count: number, scale: number) => {
  const values = new Float32Array(count);
  rng.fillNormal(values, 0, scale);
  return values;
};
const features = normals(ROWS * DIM, 1);
const labels = Int32Array.from({ length: ROWS }, () => rng.integers(0, CLASSES));
const weight = normals(CLASSES * DIM, 0.05);
const bias = normals(CLASSES, 0.5);
const batches = [1, 2, 3].map((seed) => Int32Array.from(new Generator(seed).permutation(ROWS)).slice(0, 83));

/** A head trained alone, in double precision. */
function trained(lr: number, decay: number) {
  const [w, b] = [Float64Array.from(weight), Float64Array.from(bias)];
  const [mw, mb] = [w, b].map(({ length }) => new Float64Array(length));
  const descend = (values: Float64Array, momenta: Float64Array, slopes: Float64Array, shrink: number) => {
    values.forEach((value, i) => {
      momenta[i] = MOMENTUM * momenta[i] + slopes[i] + shrink * value;
      values[i] -= lr * momenta[i];
    });
  };
  for (const batch of batches) {
    const [dw, db] = [w, b].map(({ length }) => new Float64Array(length));
    for (const row of batch) {
      const x = features.subarray(row * DIM, (row + 1) * DIM);
      const powers = Array.from(b, (start, c) =>
        Math.exp(x.reduce((sum, value, j) => sum + value * w[c * DIM + j], start)),
      );
      const total = powers.reduce((sum, power) => sum + power, 0);
      powers.forEach((power, c) => {
        const error = (power / total - Number(labels[row] === c)) / batch.length;
        db[c] += error;
        x.forEach((value, j) => (dw[c * DIM + j] += error * value));
      });
    }
    descend(w, mw, dw, decay);
    descend(b, mb, db, 0);
  }
  return { w, b };
}

describe.each(['cpu', 'onednn', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine, { threads: 2 });
  });

  /** The heads, all rows and their labels, inside a scope that frees them. */
  const withHeads = (body: (heads: LinearHeads, rows: tf.Tensor2D, targets: tf.Tensor1D) => void) => {
    tf.tidy(() => {
      const heads = new LinearHeads(tf.tensor2d(weight, [CLASSES, DIM]), tf.tensor1d(bias), LRS.length);
      body(heads, tf.tensor2d(features, [ROWS, DIM]), tf.tensor1d(labels, 'int32'));
      heads.dispose();
    });
  };
  const farthest = (tensor: tf.Tensor, values: ArrayLike<number>) =>
    Math.max(...Array.from(tensor.dataSync(), (value, i) => Math.abs(value - values[i])));

  test('each head learns as it would alone', () => {
    withHeads((heads, rows, targets) => {
      for (const batch of batches) {
        heads.step(rows, targets, batch, { momentum: MOMENTUM, lrs: LRS, weightDecays: DECAYS });
      }
      const logits = heads.logits(rows);
      expect(logits.shape).toEqual([ROWS, LRS.length * CLASSES]);
      LRS.forEach((lr, i) => {
        const expected = trained(lr, DECAYS[i]);
        const found = heads.parametersOf(i);
        expect(found.weight.shape).toEqual([CLASSES, DIM]);
        expect(farthest(found.weight, expected.w)).toBeLessThan(2e-5);
        expect(farthest(found.bias, expected.b)).toBeLessThan(2e-5);
        const own = tf.add(tf.matMul(rows, found.weight, false, true), found.bias);
        const sameOfAll = tf.slice(logits, [0, i * CLASSES], [ROWS, CLASSES]);
        expect(farthest(sameOfAll, own.dataSync())).toBeLessThan(1e-4);
      });
    });
  });

  test('what does not fit is refused', () => {
    const step = { momentum: MOMENTUM, lrs: LRS, weightDecays: DECAYS };
    withHeads((heads, rows, targets) => {
      const narrow = tf.zeros<tf.Rank.R2>([ROWS, DIM - 1]);
      expect(() => heads.step(narrow, targets, batches[0], step)).toThrow(UserError);
      expect(() => heads.step(rows, tf.zeros([3], 'int32'), batches[0], step)).toThrow(UserError);
      expect(() => heads.step(rows, targets, batches[0], { ...step, lrs: [1] })).toThrow(UserError);
    });
  });
});
