/** @file The small network against TensorFlow.js: outputs, gradients and Adam. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { linearInit, Mlp, orthogonalInit } from '../../../src/agents/networks/index.js';
import { CheckpointMismatchError } from '../../../src/errors.js';
import { Generator } from '../../../src/random/index.js';
import { tf, useEngine } from '../../../src/tensor/index.js';

beforeAll(() => useEngine('cpu'));

const normals = (seed: number, count: number) => new Generator(seed).fillNormal(new Float32Array(count));

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

const tensorsOf = async (mlp: Mlp) =>
  new Map(
    [...(await mlp.parameters())].map(([name, { shape, data }]) => [
      name,
      tf.variable(tf.tensor(data as Float32Array, shape)),
    ]),
  );

function reference(weights: Map<string, tf.Tensor>, x: tf.Tensor, activation: 'relu' | 'tanh'): tf.Tensor {
  const layers = [...weights.keys()].filter((name) => name.endsWith('weight')).length;
  let y = x;
  for (let i = 0; i < layers; i++) {
    const product = tf.matMul(y, weights.get(`${2 * i}.weight`) as tf.Tensor2D, false, true);
    y = tf.add(product, weights.get(`${2 * i}.bias`)!);
    if (i < layers - 1) y = tf[activation](y);
  }
  return y;
}

describe.each([
  { sizes: [4, 64, 64, 2], activation: 'tanh' as const, n: 7 },
  { sizes: [3, 256, 1], activation: 'relu' as const, n: 32 },
  { sizes: [17, 5, 9, 3], activation: 'relu' as const, n: 1 },
  { sizes: [8, 6], activation: 'tanh' as const, n: 5 },
])('a network of $sizes with $activation, $n rows', ({ sizes, activation, n }) => {
  const make = () => new Mlp({ sizes, activation, batch: 40, rng: new Generator(1), initialise: linearInit });
  const x = normals(2, n * sizes[0]);
  const dy = normals(3, n * sizes[sizes.length - 1]);

  test('computes what TensorFlow.js computes', async () => {
    const mlp = make();
    const weights = await tensorsOf(mlp);
    const expected = reference(weights, tf.tensor(x, [n, sizes[0]]), activation);
    expect(largestDifference(mlp.forward(x, n), await expected.data())).toBeLessThan(2e-6);
  });

  test('has the gradients of TensorFlow.js, and the same after a larger batch', async () => {
    const mlp = make();
    mlp.forward(normals(4, 40 * sizes[0]), 40);
    mlp.backward(normals(5, 40 * sizes[sizes.length - 1]), 40, 'both');
    mlp.forward(x, n);
    const dx = mlp.backward(dy, n, 'both').slice();
    const weights = await tensorsOf(mlp);
    const loss = (input: tf.Tensor) =>
      tf.sum(tf.mul(reference(weights, input, activation), tf.tensor(dy, [n, dy.length / n])));
    const input = tf.tensor(x, [n, sizes[0]]);
    expect(largestDifference(dx, await tf.grad(loss)(input).data())).toBeLessThan(5e-6);
    const { grads } = tf.variableGrads(() => loss(input) as tf.Scalar, [
      ...weights.values(),
    ] as tf.Variable[]);
    for (const [name, { data }] of mlp.gradientTensors()) {
      const expected = await grads[weights.get(name)!.name].data();
      expect(largestDifference(data as Float32Array, expected)).toBeLessThan(2e-5);
    }
  });
});

test('a row has the same outputs in any batch', () => {
  const mlp = new Mlp({
    sizes: [5, 64, 3],
    activation: 'tanh',
    batch: 9,
    rng: new Generator(1),
    initialise: linearInit,
  });
  const x = normals(2, 45);
  const together = mlp.forward(x, 9).slice();
  for (let i = 0; i < 9; i++) {
    expect(mlp.forward(x.subarray(5 * i, 5 * i + 5), 1)).toEqual(together.slice(3 * i, 3 * i + 3));
  }
});

test('tanh is exact to float32 over its whole range, and never beyond 1', () => {
  const x = Float32Array.from({ length: 4000 }, (_, i) => (i - 2000) / 150);
  const mlp = new Mlp({
    sizes: [1, 1, 1],
    activation: 'tanh',
    batch: x.length,
    rng: new Generator(0),
    initialise: () => ({ weight: Float64Array.of(1), bias: Float64Array.of(0) }),
  });
  const y = mlp.forward(x, x.length);
  x.forEach((value, i) => expect(Math.abs(y[i] - Math.tanh(value))).toBeLessThan(3e-7));
  expect(Math.max(...y.map(Math.abs))).toBeLessThanOrEqual(1);
});

test("Adam is PyTorch's", () => {
  // torch.optim.Adam(lr=0.1) on w = 1 with the gradients 2, -1, 0.5 (eps 1e-8): moments by hand in doubles.
  const mlp = new Mlp({
    sizes: [1, 1],
    activation: 'relu',
    batch: 1,
    rng: new Generator(0),
    initialise: () => ({ weight: Float64Array.of(1), bias: Float64Array.of(0) }),
  });
  let [w, m, v] = [1, 0, 0];
  for (const [i, g] of [2, -1, 0.5].entries()) {
    mlp.forward([1], 1);
    mlp.backward([g], 1);
    mlp.adamStep({ lr: 0.1, epsilon: 1e-8, step: i + 1, scale: 0.5 });
    m = 0.9 * m + 0.1 * g * 0.5;
    v = 0.999 * v + 0.001 * (g * 0.5) ** 2;
    w -= (0.1 * (m / (1 - 0.9 ** (i + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-8);
    expect(mlp.forward([1], 1)[0]).toBeCloseTo(2 * w - 1, 5); // weight and bias moved alike
  }
});

test('the norm of the gradients leaves nothing out', () => {
  const mlp = new Mlp({
    sizes: [3, 6, 2],
    activation: 'relu',
    batch: 4,
    rng: new Generator(1),
    initialise: linearInit,
  });
  mlp.forward(normals(1, 12), 4);
  mlp.backward(normals(2, 8), 4);
  const gradients = [...mlp.gradientTensors().values()].flatMap(({ data }) => [...(data as Float32Array)]);
  expect(mlp.squaredGradientNorm()).toBeCloseTo(
    gradients.reduce((sum, g) => sum + g * g, 0),
    5,
  );
});

test('a network follows another', async () => {
  const [a, b] = [1, 2].map(
    (seed) =>
      new Mlp({
        sizes: [3, 6, 2],
        activation: 'relu',
        batch: 4,
        rng: new Generator(seed),
        initialise: linearInit,
      }),
  );
  const weight = async (mlp: Mlp) => (await mlp.parameters()).get('2.weight')!.data[3] as number;
  const [from, to] = [await weight(a), await weight(b)];
  a.follow(b, 0.25);
  expect(await weight(a)).toBeCloseTo(0.75 * from + 0.25 * to, 6);
  a.follow(b);
  expect(await a.parameters()).toEqual(await b.parameters());
});

test('what was saved goes on as it would have', async () => {
  const make = (seed: number) =>
    new Mlp({
      sizes: [3, 10, 2],
      activation: 'tanh',
      batch: 4,
      rng: new Generator(seed),
      initialise: linearInit,
      vectors: { log_std: [0.5, -1] },
    });
  const train = (mlp: Mlp, step: number) => {
    mlp.forward(normals(step, 12), 4);
    mlp.backward(normals(step + 1, 8), 4);
    mlp.vectorGradient('log_std').set([0.1, -0.2]);
    mlp.adamStep({ lr: 0.01, epsilon: 1e-5, step, scale: 1 });
  };
  const [a, b] = [make(1), make(2)];
  train(a, 1);
  b.load(await a.parameters(), await a.moments());
  for (const mlp of [a, b]) train(mlp, 2);
  expect(await b.parameters()).toEqual(await a.parameters());
  expect((await b.parameters()).get('log_std')!.data).not.toEqual(Float32Array.of(0.5, -1));
});

test('weights that do not fit are refused by name, and nothing changes', async () => {
  const make = (hidden: number) =>
    new Mlp({
      sizes: [3, hidden, 2],
      activation: 'tanh',
      batch: 4,
      rng: new Generator(hidden),
      initialise: linearInit,
    });
  const [small, large] = [make(4), make(8)];
  const before = await small.parameters();
  const others = await large.parameters();
  expect(() => small.load(others)).toThrow(CheckpointMismatchError);
  expect(() => small.load(others)).toThrow('"0.weight": expected F32 [4, 3], found F32 [8, 3]');
  expect(() => small.load(new Map())).toThrow('found nothing');
  expect(await small.parameters()).toEqual(before);
});

test('more rows than the network was made for are refused', () => {
  const mlp = new Mlp({
    sizes: [3, 2],
    activation: 'tanh',
    batch: 4,
    rng: new Generator(0),
    initialise: linearInit,
  });
  expect(() => mlp.forward(new Float32Array(15), 5)).toThrow('made for 4 rows, got 5');
});

test.each([
  [64, 4],
  [4, 64],
])('orthogonal weights [%i, %i] are orthogonal', (rows, columns) => {
  const { weight, bias } = orthogonalInit([2])(new Generator(0), rows, columns, 0);
  const short = Math.min(rows, columns);
  const at = (i: number, k: number) => (rows <= columns ? weight[i * columns + k] : weight[k * columns + i]);
  for (let i = 0; i < short; i++) {
    for (let j = 0; j < short; j++) {
      let product = 0;
      for (let k = 0; k < Math.max(rows, columns); k++) product += at(i, k) * at(j, k);
      expect(product).toBeCloseTo(i === j ? 4 : 0, 10);
    }
  }
  expect(bias).toEqual(new Float64Array(rows));
});
