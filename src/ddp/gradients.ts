/**
 * @file Gradients are summed over the ranks while backward goes on: each is sent off as soon as it is known. Large ones
 * are summed where they are, if the communicator can read the engine's memory; all others in buckets.
 */
import { floatsOf, tf } from '../tensor/index.js';
import type { Communicator } from './communicator.js';
import type { Pending } from './collectives.js';

/** Numbers from which a gradient is summed by itself. */
const LARGE = 1 << 16;
/** Numbers that a bucket holds at least. */
const BUCKET = 1 << 20;

interface Bucket {
  values: Float32Array;
  used: number;
  parts: { variable: tf.Variable; begin: number }[];
}

/** A network that lets another tensor be used for a parameter. */
interface Watchable {
  useParameter: ((variable: tf.Variable) => tf.Tensor) | undefined;
}

/** Sums the gradients of some networks, one step after the other. */
export class GradientReducer {
  /** The same memory serves every step, in which gradients come in the same order. */
  private readonly buckets: Bucket[] = [];
  private filled = 0;
  private readonly pending: Pending[] = [];
  private readonly inUse = new Map<tf.Variable, tf.Tensor>();

  constructor(
    private readonly communicator: Communicator,
    private readonly networks: readonly Watchable[],
  ) {}

  /**
   * Runs forward and backward; the gradients, by the variables' names, become their sums over all ranks.
   * @throws PeerFailedError when another rank is lost.
   */
  reduce<T extends { grads: tf.NamedTensorMap }>(backward: () => T): T {
    for (const network of this.networks) network.useParameter = (variable) => this.use(variable);
    try {
      const result = backward();
      this.finish(result.grads);
      return result;
    } finally {
      for (const network of this.networks) network.useParameter = undefined;
    }
  }

  /** The variable as a pass is to use it: the sum of its gradient begins when the gradient is known. */
  private use(variable: tf.Variable): tf.Tensor {
    const used = this.inUse.get(variable);
    if (used !== undefined) return used; // one place for all uses, where their gradients have been added up
    const watch = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => ({
      value: tf.clone(inputs[0] as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => {
        this.start(variable, dy);
        return dy;
      },
    }));
    const tensor = tf.keep(watch(variable));
    this.inUse.set(variable, tensor);
    return tensor;
  }

  /** Waits for all sums of the step. */
  private finish(gradients: tf.NamedTensorMap): void {
    this.flush();
    for (const pending of this.pending.splice(0)) pending.wait();
    for (const bucket of this.buckets.slice(0, this.filled)) {
      for (const { variable, begin } of bucket.parts) {
        gradients[variable.name].dispose();
        gradients[variable.name] = tf.tensor(
          bucket.values.slice(begin, begin + variable.size),
          variable.shape,
        );
      }
      [bucket.used, bucket.parts] = [0, []];
    }
    this.filled = 0;
    tf.dispose([...this.inUse.values()]);
    this.inUse.clear();
  }

  private start(variable: tf.Variable, gradient: tf.Tensor): void {
    const floats = this.communicator.readsNative && gradient.size >= LARGE ? floatsOf(gradient) : undefined;
    if (floats !== undefined) {
      this.pending.push(this.communicator.background.allReduce(floats));
      return;
    }
    let bucket = this.openBucket(gradient.size);
    if (bucket.used > 0 && bucket.used + gradient.size > bucket.values.length) {
      this.flush();
      bucket = this.openBucket(gradient.size);
    }
    bucket.values.set(gradient.dataSync(), bucket.used);
    bucket.parts.push({ variable, begin: bucket.used });
    bucket.used += gradient.size;
  }

  /** The bucket being filled; an empty one has room for `size` numbers. */
  private openBucket(size: number): Bucket {
    const found = this.buckets.at(this.filled);
    if (found !== undefined && (found.used > 0 || found.values.length >= size)) return found;
    const values = this.communicator.allocate(Math.max(size, BUCKET));
    return (this.buckets[this.filled] = { values, used: 0, parts: [] });
  }

  /** Sends the bucket off that is being filled. */
  private flush(): void {
    const bucket = this.buckets.at(this.filled);
    if (bucket === undefined || bucket.used === 0) return;
    this.pending.push(this.communicator.background.allReduce(bucket.values.subarray(0, bucket.used)));
    this.filled++;
  }
}
