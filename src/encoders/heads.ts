/** @file Heads on top of an encoder: projectors of the self-supervised methods, classifiers. */
import { UserError } from '../errors.js';
import type { Generator } from '../random/index.js';
import { tf } from '../tensor/index.js';
import { BaseModule, type ForwardOptions } from './module.js';

/**
 * A multi-layer perceptron, named as an `nn.Sequential`: '0.weight', '1.running_mean', ....
 * By default VICReg's projector: Linear, BatchNorm, ReLU, ..., and a last Linear without bias.
 *
 * @example new MlpHead([512, 2048, 2048, 2048], { rng }) // a projector
 * @example new MlpHead([512, 10], { rng, batchNorm: false, lastBias: true }) // a linear classifier
 */
export class MlpHead extends BaseModule {
  readonly outputDim: number;
  private readonly layers: { linear: string; batchNorm?: string; last: boolean }[] = [];

  /**
   * @param sizes features in, hidden sizes, features out
   * @param o.batchNorm normalise before every ReLU (true)
   * @param o.lastBias the last Linear has a bias (false)
   */
  constructor(
    readonly sizes: readonly number[],
    o: { rng?: Generator; batchNorm?: boolean; lastBias?: boolean },
  ) {
    super(o.rng);
    if (sizes.length < 2 || sizes.some((size) => !Number.isInteger(size) || size < 1)) {
      throw new UserError(`A head needs at least two positive whole sizes, got "${sizes.join('-')}".`);
    }
    const { batchNorm = true, lastBias = false } = o;
    let index = 0;
    for (let i = 1; i < sizes.length; i++) {
      const last = i === sizes.length - 1;
      const linear = String(index);
      this.addLinear(linear, sizes[i - 1], sizes[i], !last || lastBias);
      if (!last && batchNorm) this.addBatchNorm(String(index + 1), sizes[i]);
      this.layers.push({ linear, last, batchNorm: !last && batchNorm ? String(index + 1) : undefined });
      index += batchNorm ? 3 : 2; // the ReLU has a place in the sequence, too
    }
    this.outputDim = sizes[sizes.length - 1];
  }

  /** [N, sizes[0]] to [N, outputDim]. Run inside `tf.tidy` or a gradient. */
  forward(x: tf.Tensor2D, o: ForwardOptions): tf.Tensor2D {
    return this.layers.reduce((input, { linear, batchNorm, last }) => {
      const y = this.linear(linear, input);
      if (last) return y;
      return batchNorm === undefined ? tf.relu(y) : this.batchNorm(batchNorm, y, o, { relu: true });
    }, x);
  }
}

/**
 * The sizes of a head from a flag: `headSizes(512, '2048-2048-2048')` is [512, 2048, 2048, 2048].
 * @throws UserError when the flag is not whole numbers joined by '-'.
 */
export function headSizes(inputDim: number, spec: string): number[] {
  if (!/^[1-9]\d*(-[1-9]\d*)*$/.test(spec)) {
    throw new UserError(`Expected sizes joined by "-", such as 2048-2048-2048, found "${spec}".`);
  }
  return [inputDim, ...spec.split('-').map(Number)];
}
