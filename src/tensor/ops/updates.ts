/**
 * @file Optimizer updates of many variables in one call, in place: a single native call where the engine has it,
 * plain ops elsewhere. The rules are stated once each, below; src/optim holds state and schedules.
 */
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../errors.js';
import { activeOnednn } from '../onednn/index.js';

export interface SgdOptions {
  lr: number;
  momentum: number;
  nesterov?: boolean;
  /** One per tensor. */
  weightDecay: readonly number[];
}

export interface LarsOptions {
  lr: number;
  momentum: number;
  eta: number;
  /** At most the plain learning rate: trust / lr is clipped at 1 and stands in for the trust ratio (LARC). */
  clip: boolean;
  weightDecay: readonly number[];
  /** Whether each tensor's rate is scaled by its trust ratio. */
  adapt: readonly boolean[];
  epsilon?: number;
}

export interface AdamOptions {
  lr: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: readonly number[];
  /** Decay the weights themselves (AdamW) and not through the gradient. */
  decoupled: boolean;
  /** Counts from 1. */
  step: number;
}

type Variables = readonly tf.Variable[];
type Tensors = readonly tf.Tensor[];

/** Native rules would read beyond the end of a list or a tensor that is too small, so all must match. */
function checkMatch(
  parameters: Variables,
  lists: readonly Tensors[],
  ...perTensor: readonly (readonly unknown[])[]
) {
  for (const list of [...lists, ...perTensor]) {
    if (list.length !== parameters.length) {
      throw new UserError(
        `Expected one entry for each of ${parameters.length} parameters, got ${list.length}.`,
      );
    }
  }
  parameters.forEach(({ shape }, i) => {
    const other = lists.map((list) => list[i].shape).find((found) => !tf.util.arraysEqual(found, shape));
    if (other === undefined) return;
    throw new UserError(`Expected shape [${shape.join()}] as of parameter ${i}, got [${other.join()}].`);
  });
}

/** SGD with momentum, PyTorch's convention: m = momentum m + g + decay w; w -= lr m. */
export function sgdUpdate(
  parameters: Variables,
  gradients: Tensors,
  momenta: Variables,
  o: SgdOptions,
): void {
  checkMatch(parameters, [gradients, momenta], o.weightDecay);
  const backend = activeOnednn();
  if (backend !== undefined) {
    const [w, m] = [parameters, momenta].map((list) =>
      Int32Array.from(list, (v) => backend.handleForUpdate(v)),
    );
    const decay = Float32Array.from(o.weightDecay);
    backend.native.sgd(w, backend.handlesOf(gradients), m, decay, o.lr, o.momentum, o.nesterov === true);
    return;
  }
  parameters.forEach((w, i) => {
    tf.tidy(() => {
      const d = tf.add(gradients[i], tf.mul(w, o.weightDecay[i]));
      momenta[i].assign(tf.add(tf.mul(momenta[i], o.momentum), d));
      const step = o.nesterov === true ? tf.add(d, tf.mul(momenta[i], o.momentum)) : momenta[i];
      w.assign(tf.sub(w, tf.mul(step, o.lr)));
    });
  });
}

/**
 * LARS (You, Gitman, Ginsburg, "Large Batch Training of Convolutional Networks", 2017) as in VICReg, with solo-learn's
 * clipping: m = momentum m + trust (g + decay w), trust = eta |w| / (|g + decay w| + epsilon); w -= lr m.
 */
export function larsUpdate(
  parameters: Variables,
  gradients: Tensors,
  momenta: Variables,
  o: LarsOptions,
): void {
  checkMatch(parameters, [gradients, momenta], o.weightDecay, o.adapt);
  const backend = activeOnednn();
  const epsilon = o.epsilon ?? 0;
  if (backend !== undefined) {
    const [w, m] = [parameters, momenta].map((list) =>
      Int32Array.from(list, (v) => backend.handleForUpdate(v)),
    );
    const decay = Float32Array.from(o.weightDecay);
    const adapt = Float32Array.from(o.adapt, Number);
    const gradientHandles = backend.handlesOf(gradients);
    backend.native.lars(w, gradientHandles, m, decay, adapt, o.lr, o.momentum, o.eta, epsilon, o.clip);
    return;
  }
  parameters.forEach((w, i) => {
    tf.tidy(() => {
      const d = tf.add(gradients[i], tf.mul(w, o.weightDecay[i]));
      const trust = o.adapt[i]
        ? trustRatio(tf.norm(w), tf.norm(d), o.lr, o.eta, o.clip, epsilon)
        : tf.scalar(1);
      momenta[i].assign(tf.add(tf.mul(momenta[i], o.momentum), tf.mul(d, trust)));
      w.assign(tf.sub(w, tf.mul(momenta[i], o.lr)));
    });
  });
}

function trustRatio(
  weight: tf.Tensor,
  gradient: tf.Tensor,
  lr: number,
  eta: number,
  clip: boolean,
  epsilon: number,
) {
  let trust: tf.Tensor = tf.div(tf.mul(weight, eta), tf.add(gradient, epsilon));
  if (clip) trust = tf.minimum(tf.div(trust, lr), 1);
  return tf.where(tf.logicalAnd(tf.greater(weight, 0), tf.greater(gradient, 0)), trust, tf.onesLike(trust));
}

/** Adam (Kingma & Ba, 2015) and AdamW (Loshchilov & Hutter, 2019). */
export function adamUpdate(
  parameters: Variables,
  gradients: Tensors,
  firstMoments: Variables,
  secondMoments: Variables,
  o: AdamOptions,
): void {
  const { lr, beta1, beta2, epsilon, decoupled, step } = o;
  checkMatch(parameters, [gradients, firstMoments, secondMoments], o.weightDecay);
  const backend = activeOnednn();
  if (backend !== undefined) {
    const [w, m, v] = [parameters, firstMoments, secondMoments].map((list) =>
      Int32Array.from(list, (variable) => backend.handleForUpdate(variable)),
    );
    const decay = Float32Array.from(o.weightDecay);
    backend.native.adam(
      w,
      backend.handlesOf(gradients),
      m,
      v,
      decay,
      lr,
      beta1,
      beta2,
      epsilon,
      decoupled,
      step,
    );
    return;
  }
  parameters.forEach((w, i) => {
    tf.tidy(() => {
      const [m, v, decay] = [firstMoments[i], secondMoments[i], o.weightDecay[i]];
      const d = decoupled ? gradients[i] : tf.add(gradients[i], tf.mul(w, decay));
      m.assign(tf.add(tf.mul(m, beta1), tf.mul(d, 1 - beta1)));
      v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(d), 1 - beta2)));
      const root = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** step)), epsilon);
      const kept = decoupled ? tf.mul(w, 1 - lr * decay) : w;
      w.assign(tf.sub(kept, tf.mul(tf.div(m, root), lr / (1 - beta1 ** step))));
    });
  });
}

/** Exponential moving average: target = tau target + (1 - tau) source. */
export function emaUpdate(targets: Variables, sources: Tensors, tau: number): void {
  checkMatch(targets, [sources]);
  const backend = activeOnednn();
  if (backend !== undefined) {
    const to = Int32Array.from(targets, (variable) => backend.handleForUpdate(variable));
    backend.native.ema(to, backend.handlesOf(sources), tau);
    return;
  }
  targets.forEach((target, i) => {
    tf.tidy(() => target.assign(tf.add(tf.mul(target, tau), tf.mul(sources[i], 1 - tau))));
  });
}

/** The Euclidean norm of all tensors as one vector. */
export function globalNorm(tensors: Tensors): number {
  const backend = activeOnednn();
  if (backend !== undefined) return backend.native.globalNorm(backend.handlesOf(tensors));
  return tf.tidy(() => {
    const squares = tensors.map((tensor) => tf.sum(tf.square(tensor)));
    return Math.sqrt(tf.addN(squares).dataSync()[0]);
  });
}
