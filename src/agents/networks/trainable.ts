/** @file What an optimizer can train, whether its weights are here (mlp.ts) or TensorFlow.js's (an encoder). */
import type { StoredTensor } from '../../encoders/index.js';

/** One update of Adam. */
export interface AdamStep {
  lr: number;
  epsilon: number;
  /** Counts from 1. */
  step: number;
  /** Multiplies all gradients: less than 1 when their norm is clipped. */
  scale: number;
}

/** Named parameters, the gradients that the last backward pass left, and Adam's moments. */
export interface Trainable {
  /** Sum of the squares of all gradients. */
  squaredGradientNorm(): number;
  adamStep(step: AdamStep): void;
  /** Copies of the parameters by PyTorch's names. */
  parameters(): Promise<Map<string, StoredTensor>>;
  /** Copies of Adam's moments, for going on later. */
  moments(): Promise<Map<string, StoredTensor>>;
  /** Sets parameters, and moments if given. @throws CheckpointMismatchError when a tensor is missing or does not fit. */
  load(parameters: ReadonlyMap<string, StoredTensor>, moments?: ReadonlyMap<string, StoredTensor>): void;
}

/** Adam over several networks that are trained by one loss. */
export class Optimizer {
  /** Updates so far. */
  steps = 0;

  /**
   * @param o.maxNorm gradients are scaled down to this norm over all networks together
   * @param o.epsilon added to Adam's denominator
   */
  constructor(
    private readonly networks: readonly Trainable[],
    private readonly o: { maxNorm: number; epsilon: number },
  ) {}

  /** Updates all networks; returns the norm of their gradients before clipping. */
  step(lr: number): number {
    const { maxNorm, epsilon } = this.o;
    this.steps++;
    const norm = Math.sqrt(this.networks.reduce((sum, network) => sum + network.squaredGradientNorm(), 0));
    // As torch.nn.utils.clip_grad_norm_.
    const scale = Math.min(1, maxNorm / (norm + 1e-6));
    for (const network of this.networks) network.adamStep({ lr, epsilon, step: this.steps, scale });
    return norm;
  }
}
