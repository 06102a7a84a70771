/** @file Small sums over batches. */
import type { Metrics } from '../runs/index.js';
import type { Frames } from './replay/index.js';

/** Means of metrics over the batches that were learnt from. */
export class MeanMetrics {
  private readonly sums: Metrics = {};
  private count = 0;

  add(metrics: Metrics): void {
    for (const [name, value] of Object.entries(metrics)) this.sums[name] = (this.sums[name] ?? 0) + value;
    this.count++;
  }

  means(): Metrics {
    return Object.fromEntries(Object.entries(this.sums).map(([name, sum]) => [name, sum / this.count]));
  }
}

/** From so many numbers on, copying a row is faster than a loop over it. */
const WIDE = 64;

/** Rows of `width` numbers, in the order of `rows`. */
export function gatherRows<T extends Frames>(from: T, rows: Int32Array, width: number, to: T): T {
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i] * width;
    if (width < WIDE) for (let j = 0; j < width; j++) to[i * width + j] = from[start + j];
    else to.set(from.subarray(start, start + width), i * width);
  }
  return to;
}

/** Mean 0 and deviation 1 (the sample's, as PyTorch's `std`). */
export function standardize(values: Float32Array): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const scale = 1 / (Math.sqrt(variance) + 1e-8);
  for (let i = 0; i < values.length; i++) values[i] = (values[i] - mean) * scale;
}

/** 1 - var(returns - values) / var(returns): 1 where values foresee returns, 0 or less where they do not. */
export function explainedVariance(values: Float32Array, returns: Float32Array): number {
  const variance = (list: Float32Array) => {
    const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
    return list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  };
  const spread = variance(returns);
  return spread === 0 ? 0 : 1 - variance(returns.map((value, i) => value - values[i])) / spread;
}
