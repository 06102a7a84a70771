/** @file Running mean and deviation of what an agent sees (Chan, Golub and LeVeque 1979, for batches). */

/** Survives JSON. */
export interface NormalizerState {
  count: number;
  mean: number[];
  variance: number[];
}

/** Beyond so many deviations an observation is cut off, as in Gymnasium and OpenAI's baselines. */
const LIMIT = 10;
const EPSILON = 1e-8;

/** Brings every number of a row to mean 0 and deviation 1. Statistics change by `update` only. */
export class Normalizer {
  private count = 0;
  private readonly mean: Float64Array;
  private readonly variance: Float64Array;

  /** @param size numbers in a row; until the first update rows pass unchanged */
  constructor(private readonly size: number) {
    this.mean = new Float64Array(size);
    this.variance = new Float64Array(size).fill(1);
  }

  /** Takes n rows into the statistics, [n, size]. */
  update(rows: ArrayLike<number>, n: number): void {
    const total = this.count + n;
    for (let i = 0; i < this.size; i++) {
      let sum = 0;
      for (let row = 0; row < n; row++) sum += rows[row * this.size + i];
      const mean = sum / n;
      let squares = 0;
      for (let row = 0; row < n; row++) squares += (rows[row * this.size + i] - mean) ** 2;
      const shift = mean - this.mean[i];
      const before = this.count === 0 ? 0 : this.variance[i] * this.count;
      this.variance[i] = (before + squares + (shift * shift * this.count * n) / total) / total;
      this.mean[i] += (shift * n) / total;
    }
    this.count = total;
  }

  /**
   * Normalises n rows of `repeats` times `size` numbers (stacks of frames), into `out` or in place.
   * @returns `out`
   */
  apply(rows: ArrayLike<number>, n: number, repeats: number, out: Float32Array): Float32Array {
    const { size, mean, variance } = this;
    if (this.count === 0) {
      for (let i = 0; i < n * repeats * size; i++) out[i] = rows[i];
      return out;
    }
    for (let i = 0; i < size; i++) {
      const scale = 1 / Math.sqrt(variance[i] + EPSILON);
      for (let at = i; at < n * repeats * size; at += size) {
        out[at] = Math.max(-LIMIT, Math.min(LIMIT, (rows[at] - mean[i]) * scale));
      }
    }
    return out;
  }

  getState(): NormalizerState {
    return { count: this.count, mean: [...this.mean], variance: [...this.variance] };
  }

  setState({ count, mean, variance }: NormalizerState): void {
    this.count = count;
    this.mean.set(mean);
    this.variance.set(variance);
  }
}
