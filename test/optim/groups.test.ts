/** @file Groups learn at their own rates, and otherwise as one optimizer. */
import { beforeAll, expect, test } from '@jest/globals';
import { createOptimizer, GroupedOptimizer } from '../../src/optim/index.js';
import { tf, useEngine } from '../../src/tensor/index.js';

beforeAll(async () => {
  await useEngine('cpu');
});

const variables = () =>
  new Map(['a', 'b'].map((name, i): [string, tf.Variable] => [name, tf.variable(tf.tensor2d([[i + 1, 2]]))]));
const gradients = { a: tf.tensor2d([[1, -1]]), b: tf.tensor2d([[0.5, 2]]) };
const options = { momentum: 0.9, weightDecay: 0.01, nesterov: true };

test('each group takes the steps of an optimizer of its own', () => {
  const grouped = variables();
  const optimizer = new GroupedOptimizer(
    'sgd',
    [...grouped].map(([name, variable], i) => ({
      parameters: new Map([[name, variable]]),
      scale: i === 0 ? 0.1 : 1,
    })),
    options,
  );
  const separate = variables();
  const alone = [...separate].map(([name, variable]) =>
    createOptimizer('sgd', new Map([[name, variable]]), options),
  );
  for (let step = 0; step < 3; step++) {
    optimizer.step(gradients, 0.5);
    alone[0].step(gradients, 0.05);
    alone[1].step(gradients, 0.5);
  }
  for (const [name, variable] of grouped) {
    expect(variable.arraySync()).toEqual(separate.get(name)!.arraySync());
  }
  expect([...optimizer.state().keys()]).toEqual(['momentum.a', 'momentum.b']);
  expect(optimizer.stepCount).toBe(3);
  optimizer.stepCount = 7;
  optimizer.step(gradients, 0);
  expect(optimizer.stepCount).toBe(8);
});
