/** @file Learning rates over time. */

export interface WarmupCosineOptions {
  /** The peak, reached at the end of the warm-up; already scaled by the batch size. */
  baseLr: number;
  totalSteps: number;
  warmupSteps: number;
  /** At step 0. */
  startLr?: number;
  /** At step `totalSteps`; VICReg's is a thousandth of the peak. */
  finalLr?: number;
}

/**
 * Linear warm-up, then half a cosine down to `finalLr`, per step, as VICReg's `adjust_learning_rate`.
 * @returns the learning rate of a step, counted from 0.
 */
export function warmupCosine(options: WarmupCosineOptions): (step: number) => number {
  const { baseLr, totalSteps, warmupSteps, startLr = 0, finalLr = 0 } = options;
  return (step) => {
    if (step < warmupSteps) return startLr + ((baseLr - startLr) * step) / warmupSteps;
    // A warm-up that fills the whole training leaves no steps to descend over.
    const done = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    const cosine = 0.5 * (1 + Math.cos(Math.PI * done));
    return baseLr * cosine + finalLr * (1 - cosine);
  };
}
