/** @file Distributions over actions that a policy network's outputs stand for, and their gradients by hand. */
import type { Generator } from '../random/index.js';

/** What a policy network says of n observations. */
export interface PolicyOutputs {
  /** [n, outputs] */
  outputs: Float32Array;
  n: number;
  /** Parameters that are the same for all observations. */
  vectors: Vectors;
}

/** Arrays are [n, ...]; actions are [n, actionSize] floats, discrete ones their index. */
export interface ActionDistribution {
  /** Network outputs an action takes. */
  readonly outputs: number;
  readonly actionSize: number;
  /** Parameters beside the network's, by name: their initial values. */
  readonly vectors: Readonly<Record<string, ArrayLike<number>>>;
  /** Draws actions; writes them and their log-probabilities. */
  sample(rng: Generator, policy: PolicyOutputs, actions: Float32Array, logProbs: Float32Array): void;
  /** The likeliest actions. */
  mode(outputs: Float32Array, n: number, actions: Float32Array): void;
  /** Log-probabilities of given actions, and the distribution's entropies. */
  evaluate(policy: PolicyOutputs, actions: Float32Array): Evaluation;
  /**
   * Adds up gradients of a loss, given those of the log-probabilities [n] and of every entropy.
   * @returns the gradient of the outputs; that of the vectors is written to `vectorGradients`
   */
  gradient(
    policy: PolicyOutputs,
    actions: Float32Array,
    byLogProb: Float32Array,
    byEntropy: number,
    vectorGradients: Vectors,
  ): Float32Array;
}

export type Vectors = (name: string) => Float32Array;

export interface Evaluation {
  logProbs: Float32Array;
  entropies: Float32Array;
}

/** One of `count` actions, by their logits. */
export class Categorical implements ActionDistribution {
  readonly actionSize = 1;
  readonly vectors = {};

  constructor(readonly outputs: number) {}

  sample(rng: Generator, { outputs, n }: PolicyOutputs, actions: Float32Array, logProbs: Float32Array): void {
    const count = this.outputs;
    for (let row = 0; row < n; row++) {
      const logSum = logSumExp(outputs, row * count, count);
      const draw = rng.random();
      let [action, cumulative] = [0, 0];
      for (; action < count - 1; action++) {
        cumulative += Math.exp(outputs[row * count + action] - logSum);
        if (draw < cumulative) break;
      }
      actions[row] = action;
      logProbs[row] = outputs[row * count + action] - logSum;
    }
  }

  mode(outputs: Float32Array, n: number, actions: Float32Array): void {
    for (let row = 0; row < n; row++) actions[row] = argmax(outputs, row * this.outputs, this.outputs);
  }

  evaluate({ outputs, n }: PolicyOutputs, actions: Float32Array): Evaluation {
    const count = this.outputs;
    const [logProbs, entropies] = [new Float32Array(n), new Float32Array(n)];
    for (let row = 0; row < n; row++) {
      const logSum = logSumExp(outputs, row * count, count);
      logProbs[row] = outputs[row * count + actions[row]] - logSum;
      for (let i = 0; i < count; i++) {
        const logProb = outputs[row * count + i] - logSum;
        entropies[row] -= Math.exp(logProb) * logProb;
      }
    }
    return { logProbs, entropies };
  }

  gradient(
    policy: PolicyOutputs,
    actions: Float32Array,
    byLogProb: Float32Array,
    byEntropy: number,
  ): Float32Array {
    const { outputs, n } = policy;
    const count = this.outputs;
    const { entropies } = this.evaluate(policy, actions);
    const gradient = new Float32Array(n * count);
    for (let row = 0; row < n; row++) {
      const logSum = logSumExp(outputs, row * count, count);
      for (let i = 0; i < count; i++) {
        const logProb = outputs[row * count + i] - logSum;
        const prob = Math.exp(logProb);
        const chosen = actions[row] === i ? 1 : 0;
        gradient[row * count + i] =
          byLogProb[row] * (chosen - prob) - byEntropy * prob * (logProb + entropies[row]);
      }
    }
    return gradient;
  }
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Independent normal distributions: the network gives means; deviations are parameters of their own. */
export class DiagonalGaussian implements ActionDistribution {
  readonly outputs: number;
  readonly vectors: Readonly<Record<string, ArrayLike<number>>>;

  constructor(readonly actionSize: number) {
    this.outputs = actionSize;
    this.vectors = { log_std: new Float32Array(actionSize) };
  }

  sample(rng: Generator, policy: PolicyOutputs, actions: Float32Array, logProbs: Float32Array): void {
    const { outputs, n, vectors } = policy;
    const logStd = vectors('log_std');
    for (let i = 0; i < n * this.actionSize; i++) {
      actions[i] = outputs[i] + Math.exp(logStd[i % this.actionSize]) * rng.normal();
    }
    logProbs.set(this.evaluate(policy, actions).logProbs);
  }

  mode(outputs: Float32Array, n: number, actions: Float32Array): void {
    actions.set(outputs.subarray(0, n * this.actionSize));
  }

  evaluate({ outputs, n, vectors }: PolicyOutputs, actions: Float32Array): Evaluation {
    const logStd = vectors('log_std');
    const size = this.actionSize;
    const logProbs = new Float32Array(n);
    for (let i = 0; i < n * size; i++) {
      const deviations = (actions[i] - outputs[i]) * Math.exp(-logStd[i % size]);
      logProbs[Math.floor(i / size)] -= 0.5 * deviations * deviations + logStd[i % size] + HALF_LOG_TWO_PI;
    }
    const entropy = logStd.reduce((sum, value) => sum + value + 0.5 + HALF_LOG_TWO_PI, 0);
    return { logProbs, entropies: new Float32Array(n).fill(entropy) };
  }

  gradient(
    { outputs, n, vectors }: PolicyOutputs,
    actions: Float32Array,
    byLogProb: Float32Array,
    byEntropy: number,
    vectorGradients: Vectors,
  ): Float32Array {
    const logStd = vectors('log_std');
    const size = this.actionSize;
    const gradient = new Float32Array(n * size);
    const byLogStd = vectorGradients('log_std').fill(n * byEntropy);
    for (let i = 0; i < n * size; i++) {
      const scale = Math.exp(-logStd[i % size]);
      const deviations = (actions[i] - outputs[i]) * scale;
      const by = byLogProb[Math.floor(i / size)];
      gradient[i] = by * deviations * scale;
      byLogStd[i % size] += by * (deviations * deviations - 1);
    }
    return gradient;
  }
}

const LOG_STD_MIN = -20;
const LOG_STD_MAX = 2;

/** Actions in (-1, 1), and what they came from. */
export interface SquashedSample {
  /** [n, actionSize], as the noise. */
  actions: Float32Array;
  noise: Float32Array;
  /** [n] */
  logProbs: Float32Array;
}

/**
 * Normal distributions squashed by tanh (Haarnoja et al. 2018, appendix C). A row of outputs has all means, then all
 * log-deviations, which are held between -20 and 2.
 */
export class SquashedGaussian {
  readonly outputs: number;

  constructor(readonly actionSize: number) {
    this.outputs = 2 * actionSize;
  }

  /** Draws tanh(mean + deviation * noise). @param noise standard normal, [n, actionSize]; drawn if not given */
  sample(
    rng: Generator,
    outputs: Float32Array,
    n: number,
    noise: Float32Array = rng.fillNormal(new Float32Array(n * this.actionSize)),
  ): SquashedSample {
    const { actionSize } = this;
    const actions = new Float32Array(n * actionSize);
    const logProbs = new Float32Array(n);
    for (let i = 0; i < n * actionSize; i++) {
      const mean = this.meanAt(i);
      const logStd = Math.max(LOG_STD_MIN, Math.min(LOG_STD_MAX, outputs[mean + actionSize]));
      const u = outputs[mean] + Math.exp(logStd) * noise[i];
      actions[i] = Math.tanh(u);
      // log(1 - tanh(u)^2), in a form that does not vanish for large u.
      const squashing = 2 * (Math.LN2 - u - softplus(-2 * u));
      logProbs[Math.floor(i / actionSize)] -= 0.5 * noise[i] ** 2 + logStd + HALF_LOG_TWO_PI + squashing;
    }
    return { actions, noise, logProbs };
  }

  mode(outputs: Float32Array, n: number): Float32Array {
    return Float32Array.from({ length: n * this.actionSize }, (_, i) => Math.tanh(outputs[this.meanAt(i)]));
  }

  /**
   * The gradient of the outputs through drawn actions, given that of every log-probability and those of the actions
   * [n, actionSize].
   */
  gradient(
    outputs: Float32Array,
    { actions, noise }: SquashedSample,
    byLogProb: number,
    byActions: Float32Array,
  ): Float32Array {
    const { actionSize } = this;
    const gradient = new Float32Array(2 * actions.length);
    for (let i = 0; i < actions.length; i++) {
      const [mean, logStd] = [this.meanAt(i), this.meanAt(i) + actionSize];
      // With u = mean + deviation * noise, d logProb / du = 2 tanh(u): the noise itself does not depend on u.
      const byU = byLogProb * 2 * actions[i] + byActions[i] * (1 - actions[i] ** 2);
      gradient[mean] = byU;
      const held = outputs[logStd] <= LOG_STD_MIN || outputs[logStd] >= LOG_STD_MAX;
      if (!held) gradient[logStd] = byU * Math.exp(outputs[logStd]) * noise[i] - byLogProb;
    }
    return gradient;
  }

  /** Where a row of outputs has the mean of action number i; its log-deviation is `actionSize` further. */
  private meanAt(i: number): number {
    return i + Math.floor(i / this.actionSize) * this.actionSize;
  }
}

/** log(1 + exp(x)) */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

function logSumExp(values: Float32Array, start: number, count: number): number {
  let largest = -Infinity;
  for (let i = start; i < start + count; i++) largest = Math.max(largest, values[i]);
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += Math.exp(values[i] - largest);
  return largest + Math.log(sum);
}

/** Place of the largest of `count` values from `start`, counted from there. */
export function argmax(values: Float32Array, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[start + i] > values[start + best]) best = i;
  return best;
}
