/**
 * @file Limited-memory BFGS (Liu and Nocedal 1989) with a line search for the weak Wolfe conditions by bisection (Lewis
 * and Overton 2013), and multinomial logistic regression by it: the optimum itself, with no learning rate to choose.
 */
import { MlpHead } from '../encoders/index.js';
import { softmaxCrossEntropy, tf } from '../tensor/index.js';
import type { Candidate, FittedHead } from './heads.js';
import { headProbabilities, setWeights } from './heads.js';
import type { LabelledFeatures } from './knn.js';
import { accuracyOf } from './metrics.js';
import { absorb, standardization, standardized } from './standardize.js';

/** A function's value and gradient at a point. */
export type Objective = (x: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;

export interface LbfgsOptions {
  maxIterations?: number;
  /** Ends when no component of the gradient is larger. */
  tolerance?: number;
  /** Pairs of steps and gradients that are remembered. */
  memory?: number;
}

const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
const LINE_SEARCH_STEPS = 30;

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** Minimises a smooth function from `start`; ends early where rounding leaves nothing to gain. */
export async function lbfgs(
  objective: Objective,
  start: Float64Array,
  { maxIterations = 200, tolerance = 1e-5, memory = 10 }: LbfgsOptions = {},
): Promise<{ x: Float64Array; value: number; iterations: number }> {
  let x = start;
  let here = await objective(x);
  const pairs: { step: Float64Array; change: Float64Array; inverse: number }[] = [];
  let iterations = 0;
  for (; iterations < maxIterations; iterations++) {
    const { gradient } = here;
    if (gradient.every((value) => Math.abs(value) <= tolerance)) break;
    const direction = descentDirection(gradient, pairs);
    const slope = dot(gradient, direction);
    const first = pairs.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    const found = await lineSearch(objective, x, here.value, direction, slope, first);
    if (found === undefined) break;
    const step = found.x.map((value, i) => value - x[i]);
    const change = found.gradient.map((value, i) => value - gradient[i]);
    const curvature = dot(step, change);
    if (curvature > 0) pairs.push({ step, change, inverse: 1 / curvature });
    if (pairs.length > memory) pairs.shift();
    x = found.x;
    here = found;
  }
  return { x, value: here.value, iterations };
}

/** Minus the approximate inverse Hessian times the gradient, by the two-loop recursion. */
function descentDirection(
  gradient: Float64Array,
  pairs: readonly { step: Float64Array; change: Float64Array; inverse: number }[],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights: number[] = [];
  for (const { step, change, inverse } of [...pairs].reverse()) {
    const weight = inverse * dot(step, direction);
    weights.unshift(weight);
    change.forEach((value, i) => (direction[i] -= weight * value));
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.inverse * dot(last.change, last.change));
    direction.forEach((value, i) => (direction[i] = scale * value));
  }
  pairs.forEach(({ step, change, inverse }, k) => {
    const weight = weights[k] - inverse * dot(change, direction);
    step.forEach((value, i) => (direction[i] += weight * value));
  });
  return direction;
}

/** A point along `direction` that is lower and less steep; undefined when rounding hides it. */
async function lineSearch(
  objective: Objective,
  x: Float64Array,
  value: number,
  direction: Float64Array,
  slope: number,
  first: number,
) {
  let [low, high, t] = [0, Infinity, first];
  for (let i = 0; i < LINE_SEARCH_STEPS; i++) {
    const point = x.map((start, j) => start + t * direction[j]);
    const there = await objective(point);
    // Written so that a value that is not a number counts as too high.
    if (!(there.value <= value + SUFFICIENT_DECREASE * t * slope)) high = t;
    else if (dot(there.gradient, direction) < CURVATURE * slope) low = t;
    else return { x: point, ...there };
    t = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return undefined;
}

/**
 * Multinomial logistic regression on standardised features: mean cross-entropy + decay / 2 |W|^2 (the bias is free;
 * scikit-learn's C is 1 / (N decay)) at its minimum, for each decay, from the strongest on; held-out images choose.
 */
export async function fitLogistic(
  bank: LabelledFeatures,
  heldOut: LabelledFeatures,
  { classes, weightDecays, ...options }: LbfgsOptions & { classes: number; weightDecays: readonly number[] },
): Promise<FittedHead> {
  const scale = standardization(bank);
  const dim = bank.features.length / bank.count;
  const rows = standardized(bank, scale);
  const targets = tf.tensor1d(bank.labels, 'int32');
  const size = classes * dim;
  const split = (x: Float64Array) =>
    new Map([
      ['0.weight', Float32Array.from(x.subarray(0, size))],
      ['0.bias', Float32Array.from(x.subarray(size))],
    ]);
  const lossOf = tf.valueAndGrads((w: tf.Tensor, b: tf.Tensor) =>
    softmaxCrossEntropy(tf.add(tf.matMul<tf.Tensor2D>(rows, w, false, true), b), targets),
  );
  const fitted: { head: MlpHead; candidate: Candidate }[] = [];
  let x: Float64Array = new Float64Array(size + classes);
  for (const weightDecay of [...weightDecays].sort((a, b) => b - a)) {
    const objective: Objective = async (point) => {
      const parts = split(point);
      const inputs = [tf.tensor2d(parts.get('0.weight')!, [classes, dim]), tf.tensor1d(parts.get('0.bias')!)];
      const { value: loss, grads } = lossOf(inputs);
      const [value, dw, db] = await Promise.all([loss, ...grads].map((tensor) => tensor.data()));
      tf.dispose([...inputs, loss, grads]);
      const gradient = new Float64Array(point.length);
      gradient.set(dw);
      gradient.set(db, size);
      let squares = 0;
      for (let i = 0; i < size; i++) {
        squares += point[i] ** 2;
        gradient[i] += weightDecay * point[i];
      }
      return { value: value[0] + (weightDecay / 2) * squares, gradient };
    };
    ({ x } = await lbfgs(objective, x, options));
    const head = new MlpHead([dim, classes], { batchNorm: false, lastBias: true });
    setWeights(head, split(x));
    absorb(head, scale);
    const accuracy = accuracyOf(await headProbabilities(head, heldOut), heldOut.labels);
    fitted.push({ head, candidate: { settings: { weightDecay }, accuracy } });
  }
  tf.dispose([rows, targets]);
  const winner = fitted.reduce((best, one) =>
    one.candidate.accuracy > best.candidate.accuracy ? one : best,
  );
  for (const { head } of fitted) if (head !== winner.head) head.dispose();
  return {
    head: winner.head,
    chosen: winner.candidate,
    candidates: fitted.map(({ candidate }) => candidate),
  };
}
