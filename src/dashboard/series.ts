/**
 * @file A curve in bounded memory that hides nothing: neighbouring records share a bucket, and a bucket keeps its lowest
 * and highest value beside the mean. When there are too many buckets, pairs become one; so a curve grows record by
 * record, and its length need not be known before.
 */
import type { SeriesData } from './api.js';

/** More buckets than a chart has pixels; even, since pairs are joined. */
export const MOST_BUCKETS = 1024;

export class Series {
  private readonly step = new Float64Array(MOST_BUCKETS);
  private readonly epoch = new Float64Array(MOST_BUCKETS);
  private readonly sum = new Float64Array(MOST_BUCKETS);
  private readonly low = new Float64Array(MOST_BUCKETS);
  private readonly high = new Float64Array(MOST_BUCKETS);
  private recordsPerBucket = 1;
  private buckets = 0;
  /** Records in the last bucket. */
  private filled = 0;
  private last = NaN;

  /** Bytes that a series takes. */
  static readonly BYTES = 5 * 8 * MOST_BUCKETS;

  add(step: number, epoch: number, value: number): void {
    if (this.buckets === 0 || this.filled === this.recordsPerBucket) {
      if (this.buckets === MOST_BUCKETS) this.joinPairs();
      const next = this.buckets++;
      this.filled = 0;
      [this.sum[next], this.low[next], this.high[next]] = [0, value, value];
    }
    const at = this.buckets - 1;
    this.step[at] = step;
    this.epoch[at] = epoch;
    this.sum[at] += value;
    if (value < this.low[at]) this.low[at] = value;
    if (value > this.high[at]) this.high[at] = value;
    this.filled++;
    this.last = value;
  }

  data(): SeriesData {
    const { buckets, recordsPerBucket, last } = this;
    const values = (of: Float64Array) => Array.from(of.subarray(0, buckets));
    const mean = values(this.sum).map((sum, i) => sum / (i === buckets - 1 ? this.filled : recordsPerBucket));
    const extremes = recordsPerBucket === 1 ? {} : { low: values(this.low), high: values(this.high) };
    return { recordsPerBucket, step: values(this.step), epoch: values(this.epoch), mean, ...extremes, last };
  }

  /** Called when all buckets are full. */
  private joinPairs(): void {
    const half = MOST_BUCKETS / 2;
    for (let i = 0; i < half; i++) {
      const [left, right] = [2 * i, 2 * i + 1];
      this.step[i] = this.step[right];
      this.epoch[i] = this.epoch[right];
      this.sum[i] = this.sum[left] + this.sum[right];
      this.low[i] = Math.min(this.low[left], this.low[right]);
      this.high[i] = Math.max(this.high[left], this.high[right]);
    }
    this.buckets = half;
    this.recordsPerBucket *= 2;
  }
}
