/** @file A network of the engine (an encoder) as something that an agent's optimizer trains: Adam's moments and gradients. */
import {
  exportModule,
  importModule,
  moduleVariables,
  type Module,
  type StoredTensor,
} from '../../encoders/index.js';
import { adamUpdate, emaUpdate, globalNorm, tf } from '../../tensor/index.js';
import { ADAM_BETA1, ADAM_BETA2 } from './kernels.js';
import type { AdamStep, Trainable } from './trainable.js';

export class TrainableModule implements Trainable {
  private readonly first: tf.Variable[];
  private readonly second: tf.Variable[];
  private gradients: tf.Tensor[] = [];

  constructor(readonly module: Module) {
    const zeros = () => this.variables().map((v) => tf.tidy(() => tf.variable(tf.zerosLike(v), false)));
    [this.first, this.second] = [zeros(), zeros()];
  }

  /** Takes over gradients by the parameters' names. */
  setGradients(gradients: Readonly<Record<string, tf.Tensor>>): void {
    tf.dispose(this.gradients);
    this.gradients = [...this.module.parameters.keys()].map((name) => gradients[name]);
  }

  squaredGradientNorm(): number {
    return globalNorm(this.gradients) ** 2;
  }

  adamStep({ lr, epsilon, step, scale }: AdamStep): void {
    const variables = this.variables();
    const weightDecay = variables.map(() => 0);
    const rule = { lr, beta1: ADAM_BETA1, beta2: ADAM_BETA2, epsilon, weightDecay, decoupled: false, step };
    tf.tidy(() => {
      const gradients = scale === 1 ? this.gradients : this.gradients.map((g) => tf.mul(g, scale));
      adamUpdate(variables, gradients, this.first, this.second, rule);
    });
  }

  /** Moves all variables towards those of a network of the same kind. */
  follow(source: TrainableModule, tau: number): void {
    const [own, others] = [this, source].map(({ module }) => [...moduleVariables(module).values()]);
    emaUpdate(own, others, 1 - tau);
  }

  parameters(): Promise<Map<string, StoredTensor>> {
    return exportModule(this.module);
  }

  moments(): Promise<Map<string, StoredTensor>> {
    return exportModule(this.momentModule());
  }

  load(parameters: ReadonlyMap<string, StoredTensor>, moments?: ReadonlyMap<string, StoredTensor>): void {
    importModule(this.module, parameters, "The agent's file");
    if (moments !== undefined) importModule(this.momentModule(), moments, "The agent's file");
  }

  /** Frees moments and gradients, not the network. */
  dispose(): void {
    tf.dispose([...this.first, ...this.second, ...this.gradients]);
  }

  private variables(): tf.Variable[] {
    return [...this.module.parameters.values()];
  }

  /** The moments under their parameters' names, for files. */
  private momentModule(): Module {
    const names = [...this.module.parameters.keys()];
    const named = (kind: string, list: readonly tf.Variable[]) =>
      names.map((name, i): [string, tf.Variable] => [`${kind}.${name}`, list[i]]);
    const parameters = new Map([
      ...named('first_moment', this.first),
      ...named('second_moment', this.second),
    ]);
    return { parameters, buffers: new Map() };
  }
}
