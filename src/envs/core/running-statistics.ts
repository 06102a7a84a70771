/** @file Running mean and variance, Gymnasium's RunningMeanStd: Chan, Golub and LeVeque's parallel update (1979). */

/** Weight of the starting values, mean 0 and variance 1. */
const INITIAL_COUNT = 1e-4;

/** What `RunningStatistics.state` gives and takes; survives JSON. */
export interface StatisticsState {
  mean: number[];
  variance: number[];
  count: number;
}

/** Mean and variance of each element of vectors seen one by one, in the precision that Gymnasium has for them. */
export class RunningStatistics {
  readonly mean: Float32Array | Float64Array;
  readonly variance: Float32Array | Float64Array;
  count = INITIAL_COUNT;
  private readonly round: (value: number) => number;

  constructor(length: number, precision: 'float32' | 'float64' = 'float64') {
    const type = precision === 'float32' ? Float32Array : Float64Array;
    this.mean = new type(length);
    this.variance = new type(length).fill(1);
    this.round = precision === 'float32' ? Math.fround : (value) => value;
  }

  /** Takes in one vector: a batch of one, whose own variance is 0. */
  update(values: ArrayLike<number>): void {
    const { mean, variance, round } = this;
    const total = this.count + 1;
    const [before, after] = [round(this.count), round(total)];
    for (let i = 0; i < mean.length; i++) {
      const delta = round(values[i] - mean[i]);
      const squares = round(variance[i] * before);
      const shift = round(round(round(delta * delta) * before) / after);
      mean[i] += round(delta / after);
      variance[i] = round(squares + shift) / after;
    }
    this.count = total;
  }

  /** Writes (values - mean) / sqrt(variance + epsilon). */
  normalize(values: ArrayLike<number>, epsilon: number, out: Float32Array): void {
    const { mean, variance, round } = this;
    for (let i = 0; i < mean.length; i++) {
      out[i] = round(values[i] - mean[i]) / round(Math.sqrt(round(variance[i] + epsilon)));
    }
  }

  /** Everything, to be saved with a trained agent. */
  get state(): StatisticsState {
    return { mean: [...this.mean], variance: [...this.variance], count: this.count };
  }

  set state({ mean, variance, count }: StatisticsState) {
    this.mean.set(mean);
    this.variance.set(variance);
    this.count = count;
  }
}
