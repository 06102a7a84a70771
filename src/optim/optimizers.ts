/** @file The optimizers by name: LARS, SGD, Adam and AdamW, numerically PyTorch's. */
import { unknownName } from '../errors.js';
import { adamUpdate, larsUpdate, sgdUpdate, type tf } from '../tensor/index.js';
import { BufferedOptimizer, type Optimizer } from './optimizer.js';

type Parameters = ReadonlyMap<string, tf.Variable>;

/** Hyperparameters of all rules; each reads its own. Weight decay spares parameters of one axis or none. */
export interface OptimizerOptions {
  weightDecay?: number;
  /** LARS, SGD. */
  momentum?: number;
  /** SGD: look ahead along the momentum. */
  nesterov?: boolean;
  /** LARS: trust coefficient; .001 in VICReg, .02 in solo-learn's recipes for small images. */
  eta?: number;
  /** LARS: no parameter learns faster than at the learning rate itself. */
  clip?: boolean;
  /** Adam, AdamW: decay of the two moments. */
  beta1?: number;
  beta2?: number;
  /** Added to the denominator: by default 1e-8 in Adam and AdamW, 0 in LARS. */
  epsilon?: number;
}

/** Stochastic gradient descent with momentum. */
export class Sgd extends BufferedOptimizer {
  constructor(
    parameters: Parameters,
    private readonly options: OptimizerOptions = {},
  ) {
    super(parameters, options.weightDecay ?? 0, ['momentum']);
  }

  protected override update(gradients: tf.Tensor[], lr: number): void {
    const { momentum = 0.9, nesterov } = this.options;
    const { variables, weightDecay } = this;
    sgdUpdate(variables, gradients, this.buffer('momentum'), { lr, momentum, nesterov, weightDecay });
  }
}

/**
 * Layer-wise adaptive rates (You, Gitman, Ginsburg, 2017) as VICReg's; parameters of one axis or none are not adapted.
 */
export class Lars extends BufferedOptimizer {
  private readonly adapt: boolean[];

  constructor(
    parameters: Parameters,
    private readonly options: OptimizerOptions = {},
  ) {
    super(parameters, options.weightDecay ?? 0, ['momentum']);
    this.adapt = this.variables.map(({ rank }) => rank > 1);
  }

  protected override update(gradients: tf.Tensor[], lr: number): void {
    const { momentum = 0.9, eta = 0.001, clip = false, epsilon = 0 } = this.options;
    const { variables, weightDecay, adapt } = this;
    const rule = { lr, momentum, eta, clip, weightDecay, adapt, epsilon };
    larsUpdate(variables, gradients, this.buffer('momentum'), rule);
  }
}

/** Adam (Kingma & Ba, 2015); `decoupled`, AdamW (Loshchilov & Hutter, 2019). */
export class Adam extends BufferedOptimizer {
  constructor(
    parameters: Parameters,
    private readonly options: OptimizerOptions = {},
    private readonly decoupled = false,
  ) {
    super(parameters, options.weightDecay ?? 0, ['first_moment', 'second_moment']);
  }

  protected override update(gradients: tf.Tensor[], lr: number): void {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = this.options;
    const { variables, weightDecay, decoupled } = this;
    const step = this.stepCount + 1;
    const [first, second] = [this.buffer('first_moment'), this.buffer('second_moment')];
    adamUpdate(variables, gradients, first, second, {
      lr,
      beta1,
      beta2,
      epsilon,
      weightDecay,
      decoupled,
      step,
    });
  }
}

const RULES: Record<string, (parameters: Parameters, options: OptimizerOptions) => Optimizer> = {
  lars: (parameters, options) => new Lars(parameters, options),
  sgd: (parameters, options) => new Sgd(parameters, options),
  adam: (parameters, options) => new Adam(parameters, options),
  adamw: (parameters, options) => new Adam(parameters, options, true),
};

/** The names that `createOptimizer` knows. */
export const OPTIMIZERS: readonly string[] = Object.keys(RULES);

/**
 * An optimizer of named parameters, which it updates in place.
 *
 * @example const optimizer = createOptimizer('lars', encoder.parameters, { weightDecay: 1e-6 });
 * @throws UserError for an unknown name.
 */
export function createOptimizer(
  name: string,
  parameters: Parameters,
  options: OptimizerOptions = {},
): Optimizer {
  if (!Object.hasOwn(RULES, name)) throw unknownName('optimizer', name, OPTIMIZERS);
  return RULES[name](parameters, options);
}
