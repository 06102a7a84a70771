/**
 * @file What every optimizer shares: named parameters, their weight decay, and buffers of their shapes. The update
 * rules themselves are in-place operations of the engine (src/tensor/ops/updates.ts).
 */
import { UserError } from '../errors.js';
import { tf } from '../tensor/index.js';

/** Gradients by parameter name. */
export type Gradients = Map<string, tf.Tensor> | Readonly<Record<string, tf.Tensor>>;

/** Updates named parameters in place. */
export interface Optimizer {
  /** Updates made so far; set it, and fill `state()`, to go on from a checkpoint. */
  stepCount: number;
  /**
   * One update of every parameter. The gradients stay the caller's to dispose.
   * @throws UserError when a parameter has no gradient, or one of another shape; nothing is updated then.
   */
  step(gradients: Gradients, lr: number): void;
  /** The buffers to keep in checkpoints, by name; the same variables at every call, to be filled on resuming. */
  state(): Map<string, tf.Variable>;
}

/** The base of the update rules: a rule says how many `buffers` a parameter has, and what `update` does. */
export abstract class BufferedOptimizer implements Optimizer {
  stepCount = 0;
  protected readonly variables: tf.Variable[];
  /** Of each parameter; 0 for biases and BatchNorm (one axis or none), as in VICReg and its kin. */
  protected readonly weightDecay: number[];
  /** By the buffer's name, then in the order of the parameters. */
  private readonly buffers: Map<string, tf.Variable[]>;

  constructor(
    private readonly parameters: ReadonlyMap<string, tf.Variable>,
    weightDecay: number,
    bufferNames: readonly string[],
  ) {
    this.variables = [...parameters.values()];
    this.weightDecay = this.variables.map(({ rank }) => (rank > 1 ? weightDecay : 0));
    this.buffers = new Map(bufferNames.map((name) => [name, this.variables.map(zerosLike)]));
  }

  /** `stepCount` counts the updates before this one. */
  protected abstract update(gradients: tf.Tensor[], lr: number): void;

  step(gradients: Gradients, lr: number): void {
    const named = gradients instanceof Map ? gradients : new Map(Object.entries(gradients));
    const ordered = [...this.parameters.keys()].map((name) => {
      const gradient = named.get(name);
      if (gradient !== undefined) return gradient;
      throw new UserError(`Expected a gradient for each parameter, got none for "${name}".`);
    });
    this.update(ordered, lr);
    this.stepCount++;
  }

  state(): Map<string, tf.Variable> {
    const names = [...this.parameters.keys()];
    return new Map(
      [...this.buffers].flatMap(([buffer, variables]) =>
        variables.map((variable, i): [string, tf.Variable] => [`${buffer}.${names[i]}`, variable]),
      ),
    );
  }

  protected buffer(name: string): tf.Variable[] {
    return this.buffers.get(name)!;
  }
}

const zerosLike = ({ shape }: tf.Tensor) => tf.tidy(() => tf.variable(tf.zeros(shape), false));
