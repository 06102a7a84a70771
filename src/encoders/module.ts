/** @file What every network here is: named parameters and buffers; how they are made, and a proof that they stayed the same. */
import { createHash } from 'node:crypto';
import type { Generator } from '../random/index.js';
import { batchNorm, tf, type AllSum } from '../tensor/index.js';

/** Trainable parameters and running statistics under PyTorch's names ('layer1.0.conv1.weight', 'bn1.running_mean'). */
export interface Module {
  readonly parameters: Map<string, tf.Variable>;
  readonly buffers: Map<string, tf.Variable>;
}

/** How a forward pass treats BatchNorm. */
export interface ForwardOptions {
  /** true: normalise by the batch's statistics and update the running ones; false: use the running ones. */
  training: boolean;
  /** The batch is this many equal parts (views) one after the other, each normalised by itself. */
  groups?: number;
  /** Adds over all processes that train together: their batches are normalised as one (SyncBatchNorm). */
  allSum?: AllSum;
}

type Shape = readonly number[];

/** Base of the networks: makes variables by name, and the layers that need no class of their own. */
export abstract class BaseModule implements Module {
  readonly parameters = new Map<string, tf.Variable>();
  readonly buffers = new Map<string, tf.Variable>();
  /** What a pass is to use for a parameter, instead of the parameter itself; to see gradients as they come. */
  useParameter: ((variable: tf.Variable) => tf.Tensor) | undefined;

  /** @param rng draws the initial weights; without it they are zero, to be loaded from a file. */
  protected constructor(private readonly rng?: Generator) {}

  /** Frees all parameters and buffers. */
  dispose(): void {
    for (const variable of [...this.parameters.values(), ...this.buffers.values()]) variable.dispose();
    this.parameters.clear();
    this.buffers.clear();
  }

  /** A convolution filter [size, size, in, out], Kaiming normal over the fan-out (He et al. 2015), as torchvision's ResNets; a bias begins at 0. */
  protected addConv(name: string, size: number, inChannels: number, outChannels: number, bias = false): void {
    const deviation = Math.sqrt(2 / (outChannels * size * size));
    this.add(`${name}.weight`, [size, size, inChannels, outChannels], (values) =>
      this.rng?.fillNormal(values, 0, deviation),
    );
    if (bias) this.add(`${name}.bias`, [outChannels]);
  }

  /** Weight [out, in] and bias, uniform within 1 / sqrt(in), as `torch.nn.Linear`. */
  protected addLinear(name: string, inputs: number, outputs: number, bias: boolean): void {
    const bound = 1 / Math.sqrt(inputs);
    const fill = (values: Float32Array) => this.rng?.fillUniform(values, -bound, bound);
    this.add(`${name}.weight`, [outputs, inputs], fill);
    if (bias) this.add(`${name}.bias`, [outputs], fill);
  }

  /** BatchNorm's scale, shift and running statistics. */
  protected addBatchNorm(name: string, channels: number, scale = 1): void {
    this.add(`${name}.weight`, [channels], (values) => values.fill(scale));
    this.add(`${name}.bias`, [channels]);
    this.buffers.set(`${name}.running_mean`, makeVariable([channels], new Float32Array(channels), false));
    this.buffers.set(
      `${name}.running_var`,
      makeVariable([channels], new Float32Array(channels).fill(1), false),
    );
  }

  /** The variable of that name, as a tensor. */
  protected weight<T extends tf.Tensor>(name: string): T {
    const variable = this.parameters.get(name)!;
    return (this.useParameter?.(variable) ?? variable) as T;
  }

  protected linear(name: string, x: tf.Tensor2D): tf.Tensor2D {
    const product: tf.Tensor2D = tf.matMul(x, this.weight<tf.Tensor2D>(`${name}.weight`), false, true);
    if (!this.parameters.has(`${name}.bias`)) return product;
    return tf.add(product, this.weight(`${name}.bias`));
  }

  protected batchNorm<T extends tf.Tensor>(
    name: string,
    x: T,
    { training, groups, allSum }: ForwardOptions,
    fused: { relu?: boolean; residual?: tf.Tensor } = {},
  ): T {
    const y = batchNorm(
      x,
      {
        gamma: this.weight(`${name}.weight`),
        beta: this.weight(`${name}.bias`),
        runningMean: this.buffers.get(`${name}.running_mean`)!,
        runningVariance: this.buffers.get(`${name}.running_var`)!,
      },
      { training, groups, allSum, ...fused },
    );
    return y as T;
  }

  private add(name: string, shape: Shape, fill?: (values: Float32Array) => unknown): void {
    const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
    fill?.(values);
    this.parameters.set(name, makeVariable(shape, values, true));
  }
}

function makeVariable(shape: Shape, values: Float32Array, trainable: boolean): tf.Variable {
  const initial = tf.tensor(values, [...shape]);
  const variable = tf.variable(initial, trainable);
  initial.dispose();
  return variable;
}

/** Parameters, then buffers: all that a file must hold. */
export function moduleVariables(module: Module): Map<string, tf.Variable> {
  return new Map([...module.parameters, ...module.buffers]);
}

/** The number of trainable weights. */
export function countParameters(module: Module): number {
  return [...module.parameters.values()].reduce((sum, { size }) => sum + size, 0);
}

/**
 * SHA-256 (hex) of all weights and BatchNorm buffers with their names: equal before and after proves that a
 * frozen encoder was frozen.
 */
export async function hashModule(module: Module): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, variable] of moduleVariables(module)) {
    const values = await variable.data();
    hash.update(`${name} ${variable.shape.join('x')}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

/** Sets a module's variables to those of another of the same shape. */
export function copyModule(from: Module, to: Module): void {
  const source = moduleVariables(from);
  for (const [name, variable] of moduleVariables(to)) variable.assign(source.get(name)!);
}
