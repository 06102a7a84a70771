/** @file Groups of parameters that learn at different rates, as one optimizer. */
import type { tf } from '../tensor/index.js';
import type { Gradients, Optimizer } from './optimizer.js';
import { createOptimizer, type OptimizerOptions } from './optimizers.js';

/** Parameters and the factor on their learning rate. */
export interface ParameterGroup {
  parameters: ReadonlyMap<string, tf.Variable>;
  scale: number;
}

/**
 * An optimizer of several groups, each of which learns at `lr` times its scale.
 * @example new GroupedOptimizer('sgd', [{ parameters: encoder.parameters, scale: 0.1 }, { parameters: head.parameters, scale: 1 }])
 */
export class GroupedOptimizer implements Optimizer {
  private readonly groups: { optimizer: Optimizer; scale: number }[];

  /** @throws UserError for an unknown rule. */
  constructor(rule: string, groups: readonly ParameterGroup[], options: OptimizerOptions = {}) {
    this.groups = groups.map(({ parameters, scale }) => ({
      optimizer: createOptimizer(rule, parameters, options),
      scale,
    }));
  }

  get stepCount(): number {
    return this.groups[0].optimizer.stepCount;
  }

  set stepCount(count: number) {
    for (const { optimizer } of this.groups) optimizer.stepCount = count;
  }

  step(gradients: Gradients, lr: number): void {
    for (const { optimizer, scale } of this.groups) optimizer.step(gradients, lr * scale);
  }

  state(): Map<string, tf.Variable> {
    return new Map(this.groups.flatMap(({ optimizer }) => [...optimizer.state()]));
  }
}
