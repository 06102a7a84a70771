/** @file Every optimizer against four steps of PyTorch's in double precision (golden/optimizers.json). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { createOptimizer, OPTIMIZERS, type Optimizer } from '../../src/optim/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';

interface Rule {
  w: number[][];
  steps: { grad: number[][]; w: number[][] }[];
  hyper: {
    lr: number;
    momentum?: number;
    betas?: [number, number];
    eps?: number;
    weight_decay: number;
    nesterov?: boolean;
  };
}
interface Lars {
  w: number[][];
  b: number[];
  momentum: number;
  eta: number;
  weight_decay: number;
  steps: { lr: number; grad_w: number[][]; grad_b: number[]; w: number[][]; b: number[] }[];
}
const golden = JSON.parse(
  readFileSync(join(PROJECT_ROOT, 'test', 'golden', 'optimizers.json'), 'utf8'),
) as Record<string, Rule> & { lars: Lars };

type Values = Record<string, number[] | number[][]>;

const variables = (values: Values) =>
  new Map(
    Object.entries(values).map(([name, value]) => [name, tf.tidy(() => tf.variable(tf.tensor(value)))]),
  );

/** One step with these gradients. */
function step(optimizer: Optimizer, gradients: Values, lr: number): void {
  tf.tidy(() => {
    const tensors = Object.entries(gradients).map(([name, value]) => [name, tf.tensor(value)] as const);
    optimizer.step(new Map(tensors), lr);
  });
}

function expectClose(found: tf.Tensor, expected: number[] | number[][]): void {
  const values = expected.flat();
  const scale = Math.max(...values.map(Math.abs));
  const errors = Array.from(found.dataSync(), (value, i) => Math.abs(value - values[i]) / scale);
  expect(errors.length).toBe(values.length);
  expect(Math.max(...errors)).toBeLessThan(1e-6);
}

describe.each(['cpu', 'onednn', 'wasm'])('on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine, { threads: 2 });
  });

  test.each([
    ['sgd', 'sgd_momentum'],
    ['sgd', 'sgd_momentum_nesterov'],
    ['adam', 'adam'],
    ['adamw', 'adamw'],
  ])('%s as PyTorch: %s', (name, key) => {
    const { w, steps, hyper } = golden[key];
    const parameters = variables({ w });
    const [beta1, beta2] = hyper.betas ?? [];
    const { lr, momentum, nesterov, eps: epsilon, weight_decay: weightDecay } = hyper;
    const options = { momentum, nesterov, beta1, beta2, epsilon, weightDecay };
    const optimizer = createOptimizer(name, parameters, options);
    expect(steps.length).toBe(4);
    for (const one of steps) {
      step(optimizer, { w: one.grad }, lr);
      expectClose(parameters.get('w')!, one.w);
    }
    expect(optimizer.stepCount).toBe(4);
    tf.dispose([...parameters.values(), ...optimizer.state().values()]);
  });

  test('lars as VICReg’s, which neither decays nor adapts biases', () => {
    const { w, b, steps, momentum, eta, weight_decay: weightDecay } = golden.lars;
    const parameters = variables({ w, b });
    const optimizer = createOptimizer('lars', parameters, { momentum, eta, weightDecay });
    expect(steps.length).toBe(4);
    for (const one of steps) {
      step(optimizer, { w: one.grad_w, b: one.grad_b }, one.lr);
      expectClose(parameters.get('w')!, one.w);
      expectClose(parameters.get('b')!, one.b);
    }
    tf.dispose([...parameters.values(), ...optimizer.state().values()]);
  });

  test.each(OPTIMIZERS)('%s goes on from its state, bit for bit', (name) => {
    const gradient = (i: number): Values => ({ w: [[Math.sin(i), 1], [-1, 0.3 * i]], b: [0.5, Math.cos(i)] }); // prettier-ignore
    const create = () => {
      const parameters = variables({ w: [[1, 2], [3, 4]], b: [0, 1] }); // prettier-ignore
      const optimizer = createOptimizer(name, parameters, { weightDecay: 0.01 });
      return { parameters, optimizer };
    };
    const [whole, first, second] = [create(), create(), create()];
    for (const i of [0, 1, 2, 3]) step(whole.optimizer, gradient(i), 0.1);
    for (const i of [0, 1]) step(first.optimizer, gradient(i), 0.1);
    for (const [from, to] of [
      [first.parameters, second.parameters],
      [first.optimizer.state(), second.optimizer.state()],
    ]) {
      for (const [key, variable] of from) to.get(key)!.assign(variable);
    }
    second.optimizer.stepCount = first.optimizer.stepCount;
    for (const i of [2, 3]) step(second.optimizer, gradient(i), 0.1);
    const values = ({ parameters, optimizer }: typeof whole) =>
      [...parameters, ...optimizer.state()].map(([key, variable]) => [key, Array.from(variable.dataSync())]);
    expect(values(second)).toEqual(values(whole));
    for (const { parameters, optimizer } of [whole, first, second]) {
      tf.dispose([...parameters.values(), ...optimizer.state().values()]);
    }
  });
});

test('state is named by buffer and parameter', () => {
  const parameters = variables({ 'layer1.weight': [[1]], 'layer1.bias': [0] });
  const names = (name: string) => [...createOptimizer(name, parameters).state().keys()];
  expect(names('sgd')).toEqual(['momentum.layer1.weight', 'momentum.layer1.bias']);
  expect(names('adam')).toContain('second_moment.layer1.bias');
});

test('gradients may be a record; a missing one is named', () => {
  const parameters = variables({ w: [[1]], b: [0] });
  const optimizer = createOptimizer('sgd', parameters);
  optimizer.step({ w: tf.tensor2d([[1]]), b: tf.tensor1d([2]) }, 0.5);
  expect(parameters.get('b')!.dataSync()[0]).toBe(-1);
  expect(() => optimizer.step({ w: tf.tensor2d([[1]]) }, 0.5)).toThrow('got none for "b"');
  expect(() => optimizer.step({ w: tf.tensor2d([[1]]), b: tf.zeros([2]) }, 0.5)).toThrow(UserError);
  expect(optimizer.stepCount).toBe(1);
});

test('an unknown optimizer is an error with the nearest name', () => {
  expect(() => createOptimizer('larz', new Map())).toThrow('Did you mean "lars"?');
  expect(() => createOptimizer('toString', new Map())).toThrow(UserError);
});
