/**
 * @file A small multi-layer perceptron: forward, backward and Adam on float32 in WebAssembly SIMD (kernels.ts).
 *
 * Networks of 64 or 256 units are too small for TensorFlow.js: an operation costs it tens of microseconds beside the
 * arithmetic, and a training step has about sixty. Here a layer is two calls. Gradients are held to TensorFlow.js's in
 * the tests. Each network has its own memory of a fixed size, so that views on it stay valid.
 *
 * Weights lie as [inputs, outputs] with rows padded to whole tiles; what is outside is zero and stays zero. Files and
 * `parameters()` have PyTorch's [outputs, inputs].
 */
import type { StoredTensor } from '../../encoders/index.js';
import { CheckpointMismatchError } from '../../errors.js';
import type { Generator } from '../../random/index.js';
import type { Initialise } from './initialise.js';
import { ADAM_BETA1, ADAM_BETA2, loadKernels, TILE_COLUMNS, TILE_ROWS, type Kernels } from './kernels.js';
import type { AdamStep, Trainable } from './trainable.js';

export interface MlpOptions {
  /** Inputs, hidden sizes, outputs. */
  sizes: readonly number[];
  /** Of the hidden layers; the last is linear. */
  activation: 'relu' | 'tanh';
  /** The most rows that a forward pass is given. */
  batch: number;
  rng: Generator;
  initialise: Initialise;
  /** Further parameters that are no layer's, such as the policy's 'log_std'. */
  vectors?: Readonly<Record<string, ArrayLike<number>>>;
}

interface Layer {
  inputs: number;
  outputs: number;
  /** Floats from the start of the parameters. */
  weight: number;
  bias: number;
  /** Addresses of the layer's output and of its gradient. */
  y: number;
  dy: number;
}

const FLOAT = 4;
const padded = (size: number, to: number) => Math.ceil(size / to) * to;
const wide = (size: number) => padded(size, TILE_COLUMNS);

export class Mlp implements Trainable {
  readonly inputs: number;
  readonly outputs: number;
  private readonly kernels: Kernels;
  private readonly floats: Float32Array;
  private readonly layers: Layer[] = [];
  private readonly vectors: { name: string; at: number; size: number }[] = [];
  /** Floats of all parameters, padding included; gradients and moments have as many. */
  private readonly count: number;
  /** Addresses. */
  private readonly weights: number;
  private readonly gradients: number;
  private readonly first: number;
  private readonly second: number;
  private readonly x: number;
  private readonly dx: number;
  private readonly transposed: number;
  private readonly zeros: number;
  private readonly one: number;
  /** The outputs of the last forward pass, without padding. */
  private readonly result: Float32Array;
  private readonly inputGradient: Float32Array;

  constructor(private readonly o: MlpOptions) {
    const { sizes, vectors = {} } = o;
    this.inputs = sizes[0];
    this.outputs = sizes[sizes.length - 1];
    let used = 0;
    const take = (count: number) => {
      const start = used;
      used += padded(count, 4);
      return start;
    };
    for (let i = 1; i < sizes.length; i++) {
      const [inputs, outputs] = [sizes[i - 1], sizes[i]];
      const [weight, bias] = [take(wide(inputs) * wide(outputs)), take(wide(outputs))];
      this.layers.push({ inputs, outputs, weight, bias, y: 0, dy: 0 });
    }
    for (const [name, { length: size }] of Object.entries(vectors)) {
      this.vectors.push({ name, at: take(size), size });
    }
    this.count = used;

    used = 0;
    const address = (count: number) => take(count) * FLOAT;
    const rows = padded(o.batch, TILE_ROWS);
    const widest = Math.max(...sizes.map(wide));
    const regions = [this.count, this.count, this.count, this.count].map(address);
    [this.weights, this.gradients, this.first, this.second] = regions;
    [this.x, this.dx] = [address(rows * wide(this.inputs)), address(rows * wide(this.inputs))];
    for (const layer of this.layers) {
      layer.y = address(rows * wide(layer.outputs));
      layer.dy = address(rows * wide(layer.outputs));
    }
    this.transposed = address(
      Math.max(...this.layers.map((layer) => wide(layer.inputs) * wide(layer.outputs))),
    );
    this.zeros = address(widest);
    this.one = address(1);

    const { functions, memory } = loadKernels(used * FLOAT);
    this.kernels = functions;
    this.floats = new Float32Array(memory);
    this.floats[this.one / FLOAT] = 1;
    this.result = new Float32Array(o.batch * this.outputs);
    this.inputGradient = new Float32Array(o.batch * this.inputs);
    this.layers.forEach(({ inputs, outputs }, i) => {
      const { weight, bias } = o.initialise(o.rng, outputs, inputs, i);
      this.writeLayer(this.weights, i, Float32Array.from(weight), Float32Array.from(bias));
    });
    for (const { name } of this.vectors) this.vector(name).set(vectors[name]);
  }

  /** A further parameter's values, to be read. */
  vector(name: string): Float32Array {
    return this.vectorIn(this.weights, name);
  }

  /** A further parameter's gradient, to be written after `backward`. */
  vectorGradient(name: string): Float32Array {
    return this.vectorIn(this.gradients, name);
  }

  /**
   * Outputs [n, outputs] of inputs [n, inputs]; valid until the next forward pass.
   * @throws RangeError for more rows than the network was made for.
   */
  forward(inputs: ArrayLike<number>, n: number): Float32Array {
    if (n > this.o.batch) throw new RangeError(`The network was made for ${this.o.batch} rows, got ${n}.`);
    this.pack(inputs, this.x, n, this.inputs);
    const { kernels, o } = this;
    const rows = padded(n, TILE_ROWS);
    let x = this.x;
    this.layers.forEach(({ inputs: k, outputs, weight, bias, y }, i) => {
      const [xRow, yRow] = [wide(k) * FLOAT, wide(outputs) * FLOAT];
      const [w, b] = [weight, bias].map((offset) => this.weights + offset * FLOAT);
      kernels.matmul(y, yRow, x, xRow, FLOAT, w, yRow, b, rows, wide(outputs), k);
      if (i < this.layers.length - 1) kernels[o.activation](y, rows * wide(outputs));
      x = y;
    });
    return this.unpack(x, this.result, n, this.outputs);
  }

  /**
   * Leaves the gradients of the parameters, given those of the last forward pass's outputs [n, outputs].
   * @returns the gradient of the inputs [n, inputs], valid until the next call, if `of` asks for it.
   */
  backward(
    outputGradients: ArrayLike<number>,
    n: number,
    of: 'weights' | 'inputs' | 'both' = 'weights',
  ): Float32Array {
    const { kernels, layers, o } = this;
    const rows = padded(n, TILE_ROWS);
    this.pack(outputGradients, layers[layers.length - 1].dy, n, this.outputs);
    for (let i = layers.length - 1; i >= 0; i--) {
      const { inputs, outputs, weight, bias, dy } = layers[i];
      const [xWide, yWide] = [wide(inputs), wide(outputs)];
      const [xRow, yRow] = [xWide * FLOAT, yWide * FLOAT];
      const x = i === 0 ? this.x : layers[i - 1].y;
      if (of !== 'inputs') {
        const [dw, db] = [weight, bias].map((offset) => this.gradients + offset * FLOAT);
        kernels.matmul(dw, yRow, x, FLOAT, xRow, dy, yRow, this.zeros, xWide, yWide, n);
        // The sum over the batch is a product with ones; all rows of its tile are one row.
        kernels.matmul(db, 0, this.one, 0, 0, dy, yRow, this.zeros, TILE_ROWS, yWide, n);
      }
      if (i === 0 && of === 'weights') break;
      this.transpose(weight, xWide, yWide);
      const dx = i === 0 ? this.dx : layers[i - 1].dy;
      kernels.matmul(dx, xRow, dy, yRow, FLOAT, this.transposed, xRow, this.zeros, rows, xWide, outputs);
      if (i > 0) kernels[`${o.activation}Gradient`](dx, x, rows * xWide);
    }
    return of === 'weights' ? this.inputGradient : this.unpack(this.dx, this.inputGradient, n, this.inputs);
  }

  squaredGradientNorm(): number {
    const gradients = this.region(this.gradients);
    let sum = 0;
    for (const gradient of gradients) sum += gradient * gradient;
    return sum;
  }

  adamStep({ lr, epsilon, step, scale }: AdamStep): void {
    const rate = lr / (1 - ADAM_BETA1 ** step);
    const correction = 1 / Math.sqrt(1 - ADAM_BETA2 ** step);
    const { weights, gradients, first, second, count } = this;
    this.kernels.adam(weights, gradients, first, second, count, rate, correction, scale, epsilon);
  }

  /** Moves the weights towards those of a network of the same sizes: by `tau`, or all the way. */
  follow(source: Mlp, tau = 1): void {
    const [own, other] = [this.region(this.weights), source.region(source.weights)];
    if (tau === 1) own.set(other);
    else {
      // The other network's memory is not this one's: its weights pass through the place of the gradients.
      this.region(this.gradients).set(other);
      this.kernels.polyak(this.weights, this.gradients, this.count, tau);
    }
  }

  parameters(): Promise<Map<string, StoredTensor>> {
    return Promise.resolve(this.export(this.weights));
  }

  moments(): Promise<Map<string, StoredTensor>> {
    const named = (kind: string, from: number) =>
      [...this.export(from)].map(([name, tensor]): [string, StoredTensor] => [`${kind}.${name}`, tensor]);
    return Promise.resolve(
      new Map([...named('first_moment', this.first), ...named('second_moment', this.second)]),
    );
  }

  load(parameters: ReadonlyMap<string, StoredTensor>, moments?: ReadonlyMap<string, StoredTensor>): void {
    this.import(this.weights, parameters, '');
    if (moments === undefined) return;
    this.import(this.first, moments, 'first_moment.');
    this.import(this.second, moments, 'second_moment.');
  }

  /** Copies of the last backward pass's gradients, for tests and inspection. */
  gradientTensors(): Map<string, StoredTensor> {
    return this.export(this.gradients);
  }

  private region(address: number): Float32Array {
    return this.floats.subarray(address / FLOAT, address / FLOAT + this.count);
  }

  private vectorIn(region: number, name: string): Float32Array {
    const { at, size } = this.vectors.find((vector) => vector.name === name)!;
    return this.region(region).subarray(at, at + size);
  }

  /** [n, width] into rows of whole tiles. */
  private pack(values: ArrayLike<number>, address: number, n: number, width: number): void {
    const { floats } = this;
    const gap = wide(width) - width;
    let to = address / FLOAT;
    for (let row = 0, from = 0; row < n; row++, to += gap) {
      for (const end = from + width; from < end;) floats[to++] = values[from++];
    }
  }

  private unpack(address: number, out: Float32Array, n: number, width: number): Float32Array {
    const { floats } = this;
    const gap = wide(width) - width;
    let from = address / FLOAT;
    for (let row = 0, to = 0; row < n; row++, from += gap) {
      for (const end = to + width; to < end;) out[to++] = floats[from++];
    }
    return out.subarray(0, n * width);
  }

  /** Weights [rows, columns] to `transposed` [columns, rows], block by block, to stay in the cache. */
  private transpose(weight: number, rows: number, columns: number): void {
    const { floats } = this;
    const from = this.weights / FLOAT + weight;
    const to = this.transposed / FLOAT;
    for (let block = 0; block < columns; block += TILE_COLUMNS) {
      for (let row = 0; row < rows; row++) {
        for (let column = block; column < block + TILE_COLUMNS; column++) {
          floats[to + column * rows + row] = floats[from + row * columns + column];
        }
      }
    }
  }

  private writeLayer(region: number, index: number, weight: Float32Array, bias: Float32Array): void {
    const { inputs, outputs, weight: at, bias: biasAt } = this.layers[index];
    const values = this.region(region);
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) values[at + i * wide(outputs) + o] = weight[o * inputs + i];
    }
    values.set(bias, biasAt);
  }

  /** A region's tensors, named as those of an `nn.Sequential`: '0.weight', '0.bias', '2.weight', .... */
  private export(region: number): Map<string, StoredTensor> {
    const values = this.region(region);
    const tensors = new Map<string, StoredTensor>();
    this.layers.forEach(({ inputs, outputs, weight: at, bias }, index) => {
      const weight = new Float32Array(outputs * inputs);
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) weight[o * inputs + i] = values[at + i * wide(outputs) + o];
      }
      tensors.set(`${2 * index}.weight`, { dtype: 'F32', shape: [outputs, inputs], data: weight });
      tensors.set(`${2 * index}.bias`, {
        dtype: 'F32',
        shape: [outputs],
        data: values.slice(bias, bias + outputs),
      });
    });
    for (const { name, size } of this.vectors) {
      tensors.set(name, { dtype: 'F32', shape: [size], data: this.vectorIn(region, name).slice() });
    }
    return tensors;
  }

  private import(region: number, tensors: ReadonlyMap<string, StoredTensor>, prefix: string): void {
    const stored = (name: string, shape: number[]) => {
      const found = tensors.get(prefix + name);
      if (found?.dtype === 'F32' && found.shape.join() === shape.join()) return found.data as Float32Array;
      throw new CheckpointMismatchError(
        `"${prefix}${name}": expected F32 [${shape.join(', ')}], found ` +
          `${found === undefined ? 'nothing' : `${found.dtype} [${found.shape.join(', ')}]`}.`,
      );
    };
    const layers = this.layers.map(({ inputs, outputs }, i) => ({
      weight: stored(`${2 * i}.weight`, [outputs, inputs]),
      bias: stored(`${2 * i}.bias`, [outputs]),
    }));
    const vectors = this.vectors.map(({ name, size }) => ({ name, values: stored(name, [size]) }));
    layers.forEach(({ weight, bias }, i) => this.writeLayer(region, i, weight, bias));
    for (const { name, values } of vectors) this.vectorIn(region, name).set(values);
  }
}
