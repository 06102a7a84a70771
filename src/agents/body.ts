/**
 * @file The part of a network that turns inputs into features; an algorithm's heads (mlp.ts) go on from there. For
 * states and frozen encoders' embeddings there is nothing to do. For pictures it is an encoder that learns with the agent.
 */
import type { Generator } from '../random/index.js';
import type { Trainable } from './networks/index.js';
import type { Frames } from './replay/index.js';

export interface Body {
  readonly featureSize: number;
  /**
   * Inputs as they are to be learnt from, changed at random or as they are. PPO acts on them, too: ratios of
   * probabilities mean nothing between different inputs.
   */
  augment(inputs: Frames, n: number): Frames;
  /** Features [n, featureSize] of inputs [n, inputSize]; valid until the next call. */
  features(inputs: Frames, n: number): Float32Array;
  /**
   * Computes features and hands them to `learn`, which returns their gradient [n, featureSize]; leaves the gradients of
   * the body's own parameters. Without such, the returned gradient is not used.
   */
  train(inputs: Frames, n: number, learn: (features: Float32Array) => Float32Array): void;
  /** The body's parameters, if it has any. */
  readonly trainable?: Trainable;
  /** What it draws from as it trains, by name. */
  readonly generators: Readonly<Record<string, Generator>>;
  /** Moves the parameters towards those of another body of the same kind: by `tau`, or all the way. */
  follow(source: Body, tau?: number): void;
}

/** Inputs that are features already. */
export class VectorBody implements Body {
  readonly generators = {};

  constructor(readonly featureSize: number) {}

  augment(inputs: Frames): Frames {
    return inputs;
  }

  features(inputs: Frames): Float32Array {
    return inputs as Float32Array;
  }

  train(inputs: Frames, _n: number, learn: (features: Float32Array) => Float32Array): void {
    learn(inputs as Float32Array);
  }

  follow(): void {
    // Nothing to move.
  }
}
