/** @file In-place updates: native against composed over many tensors, what shares data, and what does not match. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/errors.js';
import { Generator } from '../../../src/random/index.js';
import {
  adamUpdate,
  emaUpdate,
  globalNorm,
  larsUpdate,
  sgdUpdate,
  tf,
  useEngine,
} from '../../../src/tensor/index.js';

// The last one is cut into several blocks by the native rules.
const SHAPES = [[3, 3, 2, 5], [7], [], [41, 1000]];
const weightDecay = [0.1, 0, 0, 0.01];
const adapt = [true, false, false, true];

/** Three updates of the same random tensors; the values of all variables after them. */
function run(
  update: (w: tf.Variable[], g: tf.Tensor[], m: tf.Variable[], v: tf.Variable[], step: number) => void,
) {
  let values: Float32Array[] = []; // not what `tidy` returns: it would look for tensors in each number
  tf.tidy(() => {
    const generator = new Generator(5);
    const random = (shape: number[]) => {
      const size = shape.reduce((product, n) => product * n, 1);
      return tf.tensor(generator.fillNormal(new Float32Array(size)), shape);
    };
    const [w, m, v] = [random, tf.zeros, tf.zeros].map((make) =>
      SHAPES.map((shape) => tf.variable(make(shape))),
    );
    for (const step of [1, 2, 3]) update(w, SHAPES.map(random), m, v, step);
    values = [...w, ...m, ...v].map((variable) => variable.dataSync<'float32'>());
    tf.dispose([w, m, v]);
  });
  return values;
}

/** The largest difference; NaN where one of both is. */
function farthest(found: Float32Array[], expected: Float32Array[]): number {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  const errors = found.map((values, k) =>
    values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[k][i])), 0),
  );
  return Math.max(...errors);
}

const RULES: Record<string, Parameters<typeof run>[0]> = {
  sgd: (w, g, m) => sgdUpdate(w, g, m, { lr: 0.1, momentum: 0.9, weightDecay }),
  nesterov: (w, g, m) => sgdUpdate(w, g, m, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay }),
  lars: (w, g, m) =>
    larsUpdate(w, g, m, { lr: 0.3, momentum: 0.9, eta: 0.02, clip: false, weightDecay, adapt }),
  'lars, clipped': (w, g, m) =>
    larsUpdate(w, g, m, {
      lr: 0.01,
      momentum: 0.9,
      eta: 0.02,
      clip: true,
      weightDecay,
      adapt,
      epsilon: 1e-8,
    }),
  adam: (w, g, m, v, step) =>
    adamUpdate(w, g, m, v, {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-3,
      weightDecay,
      decoupled: false,
      step,
    }),
  adamw: (w, g, m, v, step) =>
    adamUpdate(w, g, m, v, {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-3,
      weightDecay,
      decoupled: true,
      step,
    }),
  ema: (w, g) => emaUpdate(w, g, 0.99),
};

test.each(Object.keys(RULES))('%s: native as composed', async (rule) => {
  await useEngine('cpu');
  const expected = run(RULES[rule]);
  await useEngine('onednn', { threads: 2 });
  const found = run(RULES[rule]);
  expect(farthest(found, expected)).toBeLessThan(1e-5);
  await useEngine('onednn', { threads: 1 });
  expect(farthest(run(RULES[rule]), found)).toBe(0);
});

describe.each(['cpu', 'onednn', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine, { threads: 2 });
  });

  const sgd = { lr: 1, momentum: 0, weightDecay: [0] };

  test('LARS: by hand, with and without clipping', () => {
    const step = (lr: number, clip: boolean, weights = [3, 4], gradient = [0, 2]) =>
      tf.tidy(() => {
        const [w, m] = [tf.variable(tf.tensor2d([weights])), tf.variable(tf.zeros([1, 2]))];
        const options = { lr, momentum: 0.9, eta: 0.1, clip, weightDecay: [0], adapt: [true] };
        larsUpdate([w], [tf.tensor2d([gradient])], [m], options);
        const values = Array.from(w.dataSync());
        tf.dispose([w, m]);
        return values;
      });
    const near = (values: number[]) => values.map((value) => expect.closeTo(value, 5));
    expect(step(1, false)).toEqual(near([3, 4 - 0.25 * 2])); // trust = .1 x 5 / 2
    expect(step(0.5, true)).toEqual(near([3, 4 - 0.5 * 0.5 * 2])); // .25 / .5 takes its place
    expect(step(0.1, true)).toEqual(near([3, 4 - 0.1 * 2])); // .25 / .1, clipped at 1
    expect(step(0, true)).toEqual(near([3, 4])); // the first step of a warm-up
    expect(step(0.1, false, [0, 0])).toEqual(near([0, -0.2])); // nothing to adapt to
    expect(step(0.1, false, [3, 4], [0, 0])).toEqual(near([3, 4]));
  });

  test('a tensor that shares a parameter’s data keeps its values', () => {
    tf.tidy(() => {
      const initial = tf.tensor1d([1, 2]);
      const [w, m] = [tf.variable(initial), tf.variable(tf.zeros([2]))];
      const clone = w.clone();
      sgdUpdate([w], [tf.tensor1d([1, 1])], [m], sgd);
      expect([initial, clone, w].map((t) => Array.from(t.dataSync()))).toEqual([[1, 2], [1, 2], [0, 1]]); // prettier-ignore
      sgdUpdate([w], [w.clone()], [m], sgd); // its own values as a gradient
      expect(Array.from(w.dataSync())).toEqual([0, 0]);
      tf.dispose([w, m]);
    });
  });

  test('no update leaves a tensor behind', () => {
    const before = tf.memory().numTensors;
    for (const rule of Object.values(RULES)) run(rule);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('globalNorm is the norm of all as one vector', () => {
    const tensors = [tf.tensor2d([[3, 0], [0, 0]]), tf.scalar(4), tf.fill([40000], 0.06)]; // prettier-ignore
    expect(globalNorm(tensors)).toBeCloseTo(13, 4); // 9 + 16 + 144
    tf.dispose(tensors);
  });

  test('shapes that do not match are refused, and nothing is updated', () => {
    tf.tidy(() => {
      const [w, m] = [tf.variable(tf.ones([2, 3])), tf.variable(tf.zeros([2, 3]))];
      const gradient = tf.ones([2, 2]);
      expect(() => sgdUpdate([w], [gradient], [m], sgd)).toThrow(UserError);
      expect(() => sgdUpdate([w], [gradient], [m], sgd)).toThrow(
        'Expected shape [2,3] as of parameter 0, got [2,2].',
      );
      expect(() => sgdUpdate([w], [], [m], sgd)).toThrow(/one entry for each of 1 parameters, got 0/);
      expect(() => sgdUpdate([w], [m], [m], { ...sgd, weightDecay: [] })).toThrow(UserError);
      expect(() => emaUpdate([w], [gradient], 0.9)).toThrow(UserError);
      expect(Array.from(w.dataSync())).toEqual([1, 1, 1, 1, 1, 1]);
      tf.dispose([w, m]);
    });
  });
});
