/** @file Noise to explore with that lasts: an agent that pushes one way for a while gets further than one that trembles. */
import type { Generator } from '../random/index.js';

/**
 * Standard normal numbers, each of which is correlated with the one before it: an autoregressive process of order one.
 * Temporally correlated noise in the place of white noise: Eberhard et al. 2023 (https://openreview.net/forum?id=hQ9V5QN27eS).
 */
export class CorrelatedNoise {
  private readonly values: Float32Array;
  private fresh = true;

  /** @param count numbers of a step; @param correlation of successive steps, from 0 to less than 1 */
  constructor(
    count: number,
    private readonly correlation: number,
  ) {
    this.values = new Float32Array(count);
  }

  /** The next step's numbers depend on none before. */
  restart(): void {
    this.fresh = true;
  }

  /** The numbers of a step; valid until the next call. */
  next(rng: Generator): Float32Array {
    const keep = this.fresh ? 0 : this.correlation;
    const add = Math.sqrt(1 - keep * keep);
    for (let i = 0; i < this.values.length; i++) {
      this.values[i] = keep * this.values[i] + add * rng.normal();
    }
    this.fresh = false;
    return this.values;
  }
}
