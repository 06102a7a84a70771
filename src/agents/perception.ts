/**
 * @file What an agent makes of frames: the last few of each environment side by side, or the newest one and how the last
 * few changed; floats normalised by running statistics. Those change with `learn` only: evaluation uses them as training
 * left them.
 */
import { Normalizer, type NormalizerState } from './normalizer.js';
import type { Frames } from './replay/index.js';

export interface PerceptionOptions {
  numEnvs: number;
  /** Numbers of a frame. */
  frameSize: number;
  dtype: 'float32' | 'uint8';
  /** Frames of an observation. */
  stack: number;
  /** Normalise floats. */
  normalize: boolean;
  /**
   * Earlier frames as the difference of the frame after them (Flare, Shang et al. 2021, https://arxiv.org/abs/2101.01857).
   * Normalised each by its own deviation, small motions count as much as places.
   */
  flow?: boolean;
}

export class Perception {
  /** Numbers of an input row. */
  readonly inputSize: number;
  readonly normalizer: Normalizer | undefined;
  /** [numEnvs, stack, frameSize], as they came. */
  private readonly stacks: Frames;

  /** @param normalizer shared by the perceptions of training and evaluation */
  constructor(
    readonly o: PerceptionOptions,
    normalizer?: Normalizer,
  ) {
    this.inputSize = o.stack * o.frameSize;
    this.normalizer = o.normalize
      ? (normalizer ?? new Normalizer(o.flow === true ? this.inputSize : o.frameSize))
      : undefined;
    this.stacks = this.empty(o.numEnvs);
  }

  /** The same senses for other environments, which normalise as this one does. */
  forEnvs(numEnvs: number): Perception {
    return new Perception({ ...this.o, numEnvs }, this.normalizer);
  }

  /** New frames [numEnvs, frameSize]; `first[i]` not 0 where an episode begins with them. */
  see(frames: Frames, first?: ArrayLike<number>): void {
    const { numEnvs, frameSize } = this.o;
    for (let env = 0; env < numEnvs; env++) {
      const frame = frames.subarray(env * frameSize, (env + 1) * frameSize);
      this.push(this.stacks, env, frame, first?.[env] !== 0);
    }
  }

  /** Takes what is seen now into the statistics. */
  learn(): void {
    const { numEnvs, frameSize, flow, stack } = this.o;
    if (this.normalizer === undefined) return;
    if (flow === true)
      return this.normalizer.update(this.changes(this.stacks, numEnvs, this.empty(numEnvs)), numEnvs);
    const newest = new Float32Array(numEnvs * frameSize);
    for (let env = 0; env < numEnvs; env++) {
      const start = env * this.inputSize + (stack - 1) * frameSize;
      newest.set(this.stacks.subarray(start, start + frameSize), env * frameSize);
    }
    this.normalizer.update(newest, numEnvs);
  }

  /** Inputs [numEnvs, inputSize] of what is seen now, the caller's to keep. */
  inputs(): Frames {
    return this.prepare(this.stacks, this.o.numEnvs, this.empty(this.o.numEnvs));
  }

  /** The input row of an environment, had `frame` come next in its episode. */
  inputAfter(env: number, frame: Frames): Frames {
    const { inputSize } = this;
    const row = this.stacks.slice(env * inputSize, (env + 1) * inputSize);
    this.push(row, 0, frame, false);
    return this.prepare(row, 1, row);
  }

  /** Inputs of n stacks, into `out` (or in place). */
  prepare(stacks: Frames, n: number, out: Frames): Frames {
    const { flow, stack } = this.o;
    const rows = flow === true ? this.changes(stacks, n, out) : stacks;
    if (this.normalizer !== undefined)
      return this.normalizer.apply(rows, n, flow === true ? 1 : stack, out as Float32Array);
    if (out !== rows) out.set(rows.subarray(0, n * this.inputSize));
    return out;
  }

  /** Zeros for n input rows. */
  empty(n: number): Frames {
    const length = n * this.inputSize;
    return this.o.dtype === 'uint8' ? new Uint8Array(length) : new Float32Array(length);
  }

  getState(): NormalizerState | undefined {
    return this.normalizer?.getState();
  }

  setState(state: NormalizerState | undefined): void {
    if (state !== undefined) this.normalizer?.setState(state);
  }

  /** Each frame of n stacks but the newest as its difference to the next, into `out` (or in place). */
  private changes(stacks: Frames, n: number, out: Frames): Frames {
    const { inputSize } = this;
    const { frameSize } = this.o;
    for (let start = 0; start < n * inputSize; start += inputSize) {
      const newest = start + inputSize - frameSize;
      for (let i = start; i < newest; i++) out[i] = stacks[i + frameSize] - stacks[i];
      for (let i = newest; i < start + inputSize; i++) out[i] = stacks[i];
    }
    return out;
  }

  private push(stacks: Frames, row: number, frame: Frames, first: boolean): void {
    const { stack, frameSize } = this.o;
    const start = row * this.inputSize;
    if (first) for (let i = 0; i < stack - 1; i++) stacks.set(frame, start + i * frameSize);
    else stacks.copyWithin(start, start + frameSize, start + this.inputSize);
    stacks.set(frame, start + (stack - 1) * frameSize);
  }
}
