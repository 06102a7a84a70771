/** @file Batch normalisation against its definition in double precision, on every engine that loads here. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/errors.js';
import { Generator } from '../../../src/random/index.js';
import { batchNorm, tf, useEngine, type BatchNormOptions } from '../../../src/tensor/index.js';

interface Draw {
  x: number[];
  gamma: number[];
  beta: number[];
  residual: number[];
  /** Gradient of the output. */
  dy: number[];
  runningMean: number[];
  runningVariance: number[];
}
interface Case {
  shape: number[];
  options: Omit<BatchNormOptions, 'residual'>;
  residual?: boolean;
}
const EPSILON = 1e-5;
const MOMENTUM = 0.1;

const sizeOf = (shape: number[]) => shape.reduce((product, n) => product * n, 1);
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

function draw(shape: number[]): Draw {
  const generator = new Generator(shape);
  const channels = shape[shape.length - 1];
  const uniform = (count: number, low: number, high: number) =>
    Array.from({ length: count }, () => Math.fround(generator.uniform(low, high)));
  return {
    x: uniform(sizeOf(shape), -2, 3),
    gamma: uniform(channels, -1, 2),
    beta: uniform(channels, -1, 1),
    residual: uniform(sizeOf(shape), -1, 1),
    dy: uniform(sizeOf(shape), -1, 1),
    runningMean: uniform(channels, -1, 1),
    runningVariance: uniform(channels, 0.5, 2),
  };
}

/** The definition, channel by channel and group by group; dx by Ioffe & Szegedy's formulas. */
function reference({ shape, options, residual }: Case, d: Draw) {
  const channels = shape[shape.length - 1];
  const groups = options.training ? (options.groups ?? 1) : 1;
  const n = d.x.length / channels / groups;
  const [y, dx, dresidual] = [d.x, d.x, d.x].map((values) => values.map(() => 0));
  const [dgamma, dbeta] = [d.gamma, d.gamma].map((values) => values.map(() => 0));
  const [runningMean, runningVariance] = [[...d.runningMean], [...d.runningVariance]];
  for (let group = 0; group < groups; group++) {
    for (let c = 0; c < channels; c++) {
      const at = Array.from({ length: n }, (_, row) => (group * n + row) * channels + c);
      const batchMean = sum(at.map((i) => d.x[i])) / n;
      const batchVariance = sum(at.map((i) => (d.x[i] - batchMean) ** 2)) / n;
      const mean = options.training ? batchMean : d.runningMean[c];
      const deviation = Math.sqrt((options.training ? batchVariance : d.runningVariance[c]) + EPSILON);
      if (options.training) {
        runningMean[c] += MOMENTUM * (batchMean - runningMean[c]);
        runningVariance[c] += MOMENTUM * ((batchVariance * n) / (n - 1) - runningVariance[c]);
      }
      const normalized = at.map((i) => (d.x[i] - mean) / deviation);
      const gradient = at.map((i, k) => {
        const value = normalized[k] * d.gamma[c] + d.beta[c] + (residual ? d.residual[i] : 0);
        y[i] = options.relu ? Math.max(0, value) : value;
        return options.relu && value <= 0 ? 0 : d.dy[i];
      });
      const [total, projected] = [sum(gradient), sum(gradient.map((g, k) => g * normalized[k]))];
      dgamma[c] += projected;
      dbeta[c] += total;
      at.forEach((i, k) => {
        const centred = options.training ? (total + normalized[k] * projected) / n : 0;
        dx[i] = (d.gamma[c] / deviation) * (gradient[k] - centred);
        if (residual) dresidual[i] = gradient[k];
      });
    }
  }
  return { y, runningMean, runningVariance, dx, dgamma, dbeta, dresidual };
}

function compute({ shape, options, residual }: Case, d: Draw): ReturnType<typeof reference> {
  let results: number[][] = []; // not what `tidy` returns: it would look for tensors in each number
  tf.tidy(() => {
    const runningMean = tf.variable(tf.tensor1d(d.runningMean));
    const runningVariance = tf.variable(tf.tensor1d(d.runningVariance));
    let y: tf.Tensor | undefined;
    const forward = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, added: tf.Tensor) => {
      const parameters = {
        gamma: gamma as tf.Tensor1D,
        beta: beta as tf.Tensor1D,
        runningMean,
        runningVariance,
      };
      y = tf.keep(batchNorm(x, parameters, { ...options, residual: residual ? added : undefined }));
      return residual ? y : tf.add(y, tf.mul(added, 0)); // so that its gradient exists, and is zero
    };
    const inputs = [
      tf.tensor(d.x, shape),
      tf.tensor1d(d.gamma),
      tf.tensor1d(d.beta),
      tf.tensor(d.residual, shape),
    ];
    const gradients = tf.grads(forward)(inputs, tf.tensor(d.dy, shape));
    results = [y!, runningMean, runningVariance, ...gradients].map((tensor) => Array.from(tensor.dataSync()));
    tf.dispose([y!, runningMean, runningVariance]);
  });
  const [y, runningMean, runningVariance, dx, dgamma, dbeta, dresidual] = results;
  return { y, runningMean, runningVariance, dx, dgamma, dbeta, dresidual };
}

/** The largest difference relative to the reference's largest magnitude. */
function largestError(found: number[], expected: number[]): number {
  expect(found.length).toBe(expected.length);
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const errors = found.map((value, i) => Math.abs(value - expected[i]) / scale);
  return errors.reduce((worst, error) => (error <= worst ? worst : error), 0);
}

const CASES: Case[] = [
  { shape: [6, 5], options: { training: true } },
  { shape: [16, 300], options: { training: true, groups: 2, relu: true } },
  { shape: [4, 3, 3, 17], options: { training: true, relu: true }, residual: true },
  { shape: [6, 4, 3, 16], options: { training: true, groups: 3, relu: true }, residual: true },
  { shape: [6, 4, 3, 16], options: { training: true, groups: 2 }, residual: true },
  { shape: [5, 3, 2, 7], options: { training: false, relu: true } },
  { shape: [4, 3, 2, 7], options: { training: false, groups: 2, relu: true }, residual: true },
  { shape: [5, 7], options: { training: false } },
];

describe.each(['cpu', 'onednn', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine, { threads: 2 });
  });

  test.each(CASES)('$shape $options, residual $residual', (one) => {
    const values = draw(one.shape);
    const [found, expected] = [compute(one, values), reference(one, values)];
    for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
      expect([name, largestError(found[name], expected[name]) < 1e-5]).toEqual([name, true]);
    }
  });

  test('groups are as many calls, one after the other', () => {
    const shape = [6, 2, 2, 5];
    const values = draw(shape);
    const half = values.x.length / 2;
    const [first, second] = [values.x.slice(0, half), values.x.slice(half)].map((x) => ({ ...values, x }));
    const options = { training: true };
    const together = compute({ shape, options: { ...options, groups: 2 } }, values);
    const a = compute({ shape: [3, 2, 2, 5], options }, { ...first, dy: first.x, residual: first.x });
    const { runningMean, runningVariance } = a;
    const last = { ...second, dy: second.x, residual: second.x, runningMean, runningVariance };
    const b = compute({ shape: [3, 2, 2, 5], options }, last);
    expect(largestError(together.y, [...a.y, ...b.y])).toBeLessThan(1e-6);
    expect(largestError(together.runningMean, b.runningMean)).toBeLessThan(1e-6);
    expect(largestError(together.runningVariance, b.runningVariance)).toBeLessThan(1e-6);
  });

  test('a small deviation far from zero, after a first row that is an outlier', () => {
    const shape = [60_000, 1];
    const generator = new Generator(3);
    const x = Array.from({ length: shape[0] }, (_, i) =>
      Math.fround(i < 1 ? 3000 : 1000 + generator.normal(0, 0.5)),
    );
    const values = { ...draw(shape), x };
    const one = { shape, options: { training: true } };
    const [found, expected] = [compute(one, values), reference(one, values)];
    expect(largestError(found.y, expected.y)).toBeLessThan(1e-5);
    expect(largestError(found.runningVariance, expected.runningVariance)).toBeLessThan(1e-5);
  });

  test('a variable that shares its data with another tensor leaves that tensor as it was', () => {
    tf.tidy(() => {
      const [mean, variance] = [tf.zeros<tf.Rank.R1>([2]), tf.ones<tf.Rank.R1>([2])];
      const parameters = {
        gamma: tf.ones<tf.Rank.R1>([2]),
        beta: tf.zeros<tf.Rank.R1>([2]),
        runningMean: tf.variable(mean),
        runningVariance: tf.variable(variance),
      };
      batchNorm(tf.tensor2d([[2, 4], [4, 8]]), parameters, { training: true }); // prettier-ignore
      expect(Array.from(mean.dataSync())).toEqual([0, 0]);
      expect(Array.from(variance.dataSync())).toEqual([1, 1]);
      expect(parameters.runningMean.dataSync()[1]).toBeCloseTo(0.6, 5);
      tf.dispose([parameters.runningMean, parameters.runningVariance]);
    });
  });

  test('what cannot be normalised is refused', () => {
    tf.tidy(() => {
      const vector = (channels: number) => tf.ones<tf.Rank.R1>([channels]);
      const parameters = {
        gamma: vector(2),
        beta: vector(2),
        runningMean: tf.variable(vector(2)),
        runningVariance: tf.variable(vector(2)),
      };
      const call = (shape: number[], options: Partial<BatchNormOptions> = {}) => {
        return () => batchNorm(tf.ones(shape), parameters, { training: true, ...options });
      };
      expect(call([3, 2], { groups: 2 })).toThrow(UserError);
      expect(call([2, 2], { groups: 2 })).toThrow(/two values a channel/);
      expect(call([4, 3])).toThrow('expected gamma of shape [3], got [2]');
      expect(call([4, 2], { residual: tf.ones([2]) })).toThrow(/residual of x's shape/);
      tf.dispose([parameters.runningMean, parameters.runningVariance]);
    });
  });
});

test('native results do not depend on the number of threads', async () => {
  const one: Case = {
    shape: [8, 40, 40, 24],
    options: { training: true, relu: true, groups: 2 },
    residual: true,
  };
  const values = draw(one.shape);
  const results = [];
  for (const threads of [1, 2]) {
    await useEngine('onednn', { threads });
    results.push(compute(one, values));
  }
  for (const name of Object.keys(results[0]) as (keyof (typeof results)[0])[]) {
    expect([name, largestError(results[1][name], results[0][name])]).toEqual([name, 0]);
  }
});
