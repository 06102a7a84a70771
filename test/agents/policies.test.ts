/** @file Distributions over actions: chances, entropies, and gradients against differences. */
import { describe, expect, test } from '@jest/globals';
import { argmax, Categorical, DiagonalGaussian, SquashedGaussian } from '../../src/agents/policies.js';
import { Generator } from '../../src/random/index.js';

const STEP = 1e-3;
const N = 3;
const normals = (seed: number, count: number) => new Generator(seed).fillNormal(new Float32Array(count));

/** The slope of `f` in each of its inputs. */
function slopes(f: () => number, inputs: Float32Array): number[] {
  return Array.from(inputs, (value, i) => {
    const at = (x: number) => {
      inputs[i] = x;
      return f();
    };
    const slope = (at(value + STEP) - at(value - STEP)) / (2 * STEP);
    inputs[i] = value;
    return slope;
  });
}

const close = (found: Float32Array, expected: number[]) =>
  expected.forEach((value, i) => expect(Math.abs(found[i] - value)).toBeLessThan(5e-3));

const sum = (values: Iterable<number>, weights?: ArrayLike<number>) =>
  [...values].reduce((total, value, i) => total + value * (weights?.[i] ?? 1), 0);

describe('a choice', () => {
  const choice = new Categorical(3);
  const logits = Float32Array.of(0, Math.log(2), Math.log(5), 1000, 1000, 1000, 3, -3, 0);
  const vectors = () => new Float32Array();

  test('draws by its probabilities', () => {
    const rng = new Generator(0);
    const [actions, logProbs] = [new Float32Array(N), new Float32Array(N)];
    const counts = [0, 0, 0];
    for (let i = 0; i < 4000; i++) {
      choice.sample(rng, { outputs: logits, n: N, vectors }, actions, logProbs);
      counts[actions[0]]++;
      expect(logProbs[0]).toBeCloseTo(Math.log([1, 2, 5][actions[0]] / 8), 5);
    }
    counts.forEach((count, i) => expect(count / 4000).toBeCloseTo([1, 2, 5][i] / 8, 1));
  });

  test('its mode, chances and entropies, also of large logits', () => {
    const mode = new Float32Array(N);
    choice.mode(logits, N, mode);
    expect([...mode]).toEqual([2, 0, 0]);
    const { logProbs, entropies } = choice.evaluate(
      { outputs: logits, n: N, vectors },
      Float32Array.of(1, 2, 0),
    );
    expect(logProbs[0]).toBeCloseTo(Math.log(0.25), 5);
    expect(logProbs[1]).toBeCloseTo(-Math.log(3), 4);
    expect(entropies[1]).toBeCloseTo(Math.log(3), 4);
  });

  test('its gradient', () => {
    const outputs = normals(1, 3 * N);
    const actions = Float32Array.of(0, 2, 1);
    const byLogProb = Float32Array.of(1, -2, 0.5);
    const loss = () => {
      const { logProbs, entropies } = choice.evaluate({ outputs, n: N, vectors }, actions);
      return sum(logProbs, byLogProb) + 0.7 * sum(entropies);
    };
    close(choice.gradient({ outputs, n: N, vectors }, actions, byLogProb, 0.7), slopes(loss, outputs));
  });
});

describe('independent normals', () => {
  const gaussian = new DiagonalGaussian(2);
  const logStd = Float32Array.of(-0.5, 0.3);
  const vectors = () => logStd;

  test('draws with its mean and deviation', () => {
    const rng = new Generator(0);
    const outputs = Float32Array.of(1, -2);
    const [actions, logProbs] = [new Float32Array(2), new Float32Array(1)];
    const draws: number[][] = [];
    for (let i = 0; i < 4000; i++) {
      gaussian.sample(rng, { outputs, n: 1, vectors }, actions, logProbs);
      draws.push([...actions]);
    }
    for (const i of [0, 1]) {
      const mean = sum(draws.map((draw) => draw[i])) / 4000;
      expect(mean).toBeCloseTo(outputs[i], 1);
      const variance = sum(draws.map((draw) => (draw[i] - mean) ** 2)) / 4000;
      expect(Math.sqrt(variance)).toBeCloseTo(Math.exp(logStd[i]), 1);
    }
  });

  test('the density of the standard normal', () => {
    const one = new DiagonalGaussian(1);
    const { logProbs, entropies } = one.evaluate(
      { outputs: Float32Array.of(0), n: 1, vectors: () => Float32Array.of(0) },
      Float32Array.of(1),
    );
    expect(logProbs[0]).toBeCloseTo(Math.log(0.24197072), 5);
    expect(entropies[0]).toBeCloseTo(1.41893853, 5);
  });

  test('its gradients', () => {
    const outputs = normals(1, 2 * N);
    const actions = normals(2, 2 * N);
    const byLogProb = Float32Array.of(1, -2, 0.5);
    const loss = () => {
      const { logProbs, entropies } = gaussian.evaluate({ outputs, n: N, vectors }, actions);
      return sum(logProbs, byLogProb) + 0.7 * sum(entropies);
    };
    const byLogStd = new Float32Array(2);
    close(
      gaussian.gradient({ outputs, n: N, vectors }, actions, byLogProb, 0.7, () => byLogStd),
      slopes(loss, outputs),
    );
    close(byLogStd, slopes(loss, logStd));
  });
});

describe('squashed normals', () => {
  const squashed = new SquashedGaussian(2);

  test('log-probabilities are those of the squashed density, finite at its edge', () => {
    const outputs = Float32Array.of(0.3, 9, -0.5, 0.2);
    const { actions, noise, logProbs } = squashed.sample(new Generator(0), outputs, 1);
    const expected = [0, 1].map((i) => {
      const u = outputs[i] + Math.exp(outputs[2 + i]) * noise[i];
      expect(actions[i]).toBeCloseTo(Math.tanh(u), 6);
      const normal = -0.5 * noise[i] ** 2 - outputs[2 + i] - 0.5 * Math.log(2 * Math.PI);
      return normal - Math.log(1 / Math.cosh(u) ** 2);
    });
    expect(logProbs[0]).toBeCloseTo(sum(expected), 3);
    const edge = squashed.sample(new Generator(0), Float32Array.of(80, -80, 0, 0), 1);
    expect([...edge.actions]).toEqual([1, -1]);
    expect(edge.logProbs[0]).toBeGreaterThan(0);
    expect(Number.isFinite(edge.logProbs[0])).toBe(true);
  });

  test('its gradient through the draw', () => {
    const outputs = normals(1, 4 * N);
    const weights = normals(2, 2 * N);
    const draw = () => squashed.sample(new Generator(7), outputs, N);
    const loss = () => 0.6 * sum(draw().logProbs) + sum(draw().actions, weights);
    close(squashed.gradient(outputs, draw(), 0.6, weights), slopes(loss, outputs));
  });

  test('deviations beyond the bounds do not move', () => {
    const outputs = Float32Array.of(0, 0, 5, -30);
    const sample = squashed.sample(new Generator(0), outputs, 1);
    const gradient = squashed.gradient(outputs, sample, 1, Float32Array.of(1, 1));
    expect([...gradient.slice(2)]).toEqual([0, 0]);
  });
});

test('the largest of a part of a list, the first of equals', () => {
  expect(argmax(Float32Array.of(9, 1, 5, 5, 9), 1, 3)).toBe(1);
});
