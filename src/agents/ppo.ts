/**
 * @file Proximal policy optimisation (Schulman et al. 2017, https://arxiv.org/abs/1707.06347): plays some steps, then
 * improves the policy on them for some epochs, never far from the policy that played. With the details that matter
 * (https://iclr-blog-track.github.io/2022/03/25/ppo-implementation-details): orthogonal weights, advantages
 * normalised a minibatch, a clipped gradient norm, and the value of the final observation where an episode was cut off.
 */
import { headSizes } from '../encoders/index.js';
import { DivergedError } from '../errors.js';
import { flag, integer, number, optional, text, type ConfigOf, type Metrics } from '../runs/index.js';
import { distributionOver, toEnvironment } from './action-space.js';
import { generalizedAdvantages } from './advantages.js';
import type { Actions, AgentSetting, Outcome } from './agent.js';
import type { Body } from './body.js';
import { explainedVariance, gatherRows, MeanMetrics, standardize } from './batches.js';
import { fill, NetworkAgent, type Memory } from './network-agent.js';
import { Mlp, Optimizer, orthogonalInit } from './networks/index.js';
import type { ActionDistribution, PolicyOutputs } from './policies.js';
import type { Frames } from './replay/index.js';

/** Defaults are Stable-Baselines3's. */
export const PPO_OPTIONS = {
  numEnvs: integer('environments that step together', 8, 1, 4096),
  rollout: integer('steps of each environment between updates', 2048, 1),
  batchSize: integer('steps of a minibatch', 64, 2),
  epochs: integer('passes over the steps of an update', 10, 1),
  lr: number("Adam's learning rate", 3e-4, 0),
  annealLr: flag('let the learning rate fall to 0 along a line', false),
  gamma: number('discount of a step', 0.99, 0, 1),
  gaeLambda: number('weight of later steps in advantages, 0 to 1', 0.95, 0, 1),
  clip: number('how far the ratio of new to old probability may leave 1', 0.2, 0),
  annealClip: flag('let the clip range fall to 0 along a line', false),
  clipValue: optional(number('how far values may leave their old ones (no bound)', 0.2, 0)),
  entropy: number('weight of the entropy bonus', 0, 0),
  valueCoefficient: number("weight of the value's squared error", 0.5, 0),
  maxNorm: number("the gradients' norm is cut at", 0.5, 0),
  rewardScale: number('times that rewards count in learning: values near 1 are learnt soonest', 1, 0),
  normalizeAdvantage: flag('advantages of a minibatch get mean 0 and deviation 1', true),
  targetKl: optional(number('end an update when the policy has moved this far (never)', 0.01, 0)),
  hidden: text('sizes of hidden layers of policy and value networks', '64-64'),
};

export type PpoConfig = ConfigOf<typeof PPO_OPTIONS>;

const ADAM_EPSILON = 1e-5;

/** What was played since the last update; [rollout, numEnvs, ...]. */
interface Rollout {
  inputs: Frames;
  actions: Float32Array;
  logProbs: Float32Array;
  values: Float32Array;
  rewards: Float32Array;
  ended: Uint8Array;
  finalValues: Float32Array;
}

export class Ppo extends NetworkAgent {
  protected readonly acting: readonly string[];
  protected readonly networks;
  protected readonly optimizers;
  protected readonly generators;
  private readonly distribution: ActionDistribution;
  private readonly body: Body;
  private readonly actor: Mlp;
  private readonly critic: Mlp;
  private readonly rollout: Rollout;
  /** Steps of each environment in the rollout. */
  private played = 0;
  private stepsDone = 0;

  constructor(
    private readonly config: PpoConfig,
    private readonly setting: AgentSetting,
  ) {
    super();
    const { rollout, batchSize, hidden, maxNorm } = config;
    const { numEnvs, actionSpace, perception, evaluationRows } = setting;
    const [bodyRng, actorRng, criticRng, actionRng, batchRng] = setting.rng.spawn(5);
    this.distribution = distributionOver(actionSpace);
    this.body = setting.createBody(bodyRng);
    this.generators = { action: actionRng, batch: batchRng, ...this.body.generators };
    const { vectors, outputs, actionSize } = this.distribution;
    const layers = headSizes(this.body.featureSize, hidden);
    const gains = layers.slice(1).map(() => Math.SQRT2);
    const shared = { activation: 'tanh' as const, batch: Math.max(batchSize, numEnvs, evaluationRows) };
    this.actor = new Mlp({
      ...shared,
      sizes: [...layers, outputs],
      initialise: orthogonalInit([...gains, 0.01]),
      rng: actorRng,
      vectors,
    });
    this.critic = new Mlp({
      ...shared,
      sizes: [...layers, 1],
      initialise: orthogonalInit([...gains, 1]),
      rng: criticRng,
    });
    const { trainable } = this.body;
    this.networks = { actor: this.actor, critic: this.critic, ...(trainable && { body: trainable }) };
    this.acting = ['actor', ...(trainable === undefined ? [] : ['body'])];
    const optimizer = new Optimizer(Object.values(this.networks), { maxNorm, epsilon: ADAM_EPSILON });
    this.optimizers = { all: optimizer };
    const steps = rollout * numEnvs;
    this.rollout = {
      inputs: perception.empty(steps),
      actions: new Float32Array(steps * actionSize),
      logProbs: new Float32Array(steps),
      values: new Float32Array(steps),
      rewards: new Float32Array(steps),
      ended: new Uint8Array(steps),
      finalValues: new Float32Array(steps),
    };
  }

  explore(inputs: Frames): Actions {
    const { distribution, rollout } = this;
    const { numEnvs, perception, actionSpace } = this.setting;
    const start = this.played * numEnvs;
    const seen = this.body.augment(inputs, numEnvs);
    const features = this.body.features(seen, numEnvs);
    const actions = rollout.actions.subarray(
      start * distribution.actionSize,
      (start + numEnvs) * distribution.actionSize,
    );
    const logProbs = rollout.logProbs.subarray(start, start + numEnvs);
    distribution.sample(this.generators.action, this.act(features, numEnvs), actions, logProbs);
    rollout.inputs.set(seen, start * perception.inputSize);
    rollout.values.set(this.critic.forward(features, numEnvs), start);
    return toEnvironment(actionSpace, actions);
  }

  observe({ rewards, terminated, truncated, frames }: Outcome): void {
    const { rollout } = this;
    const { rewardScale } = this.config;
    const { numEnvs, perception } = this.setting;
    const start = this.played * numEnvs;
    const { frameSize } = perception.o;
    for (let env = 0; env < numEnvs; env++) {
      const ended = terminated[env] !== 0 || truncated[env] !== 0;
      rollout.rewards[start + env] = rewardScale * rewards[env];
      rollout.ended[start + env] = ended ? 1 : 0;
      rollout.finalValues[start + env] = 0;
      if (ended && terminated[env] === 0) {
        // Cut off, not over: what would have followed is worth what the value network says of the final observation.
        const final = perception.inputAfter(env, frames.subarray(env * frameSize, (env + 1) * frameSize));
        rollout.finalValues[start + env] = this.critic.forward(this.body.features(final, 1), 1)[0];
      }
    }
    this.played++;
    this.stepsDone += numEnvs;
  }

  learn(): Metrics | undefined {
    if (this.played < this.config.rollout) return undefined;
    const metrics = this.update();
    this.played = 0;
    return metrics;
  }

  leave(): void {
    if (this.played === 0) return;
    // The last step is followed by what is seen now.
    const { numEnvs } = this.setting;
    const start = (this.played - 1) * numEnvs;
    this.rollout.finalValues.set(this.currentValues(), start);
    this.rollout.ended.fill(1, start, start + numEnvs);
  }

  begin(): void {
    // A rollout remembers what it is shown by `explore`.
  }

  exploit(inputs: Frames, n: number): Actions {
    const actions = new Float32Array(n * this.distribution.actionSize);
    this.distribution.mode(this.actor.forward(this.body.features(inputs, n), n), n, actions);
    return toEnvironment(this.setting.actionSpace, actions);
  }

  protected memory(): { arrays: Memory; progress: unknown } {
    return { arrays: { ...this.rollout }, progress: { played: this.played, stepsDone: this.stepsDone } };
  }

  protected setMemory(arrays: Memory, progress: unknown): void {
    const own: Memory = { ...this.rollout };
    for (const [name, array] of Object.entries(own)) fill(array, arrays, name);
    Object.assign(this, progress);
  }

  /** Learns from a full rollout. */
  private update(): Metrics {
    const { config, rollout } = this;
    const { numEnvs, totalSteps } = this.setting;
    const advantages = generalizedAdvantages(
      { ...rollout, steps: config.rollout, numEnvs, lastValues: this.currentValues() },
      config.gamma,
      config.gaeLambda,
    );
    const left = Math.max(0, 1 - (this.stepsDone - this.played * numEnvs) / totalSteps);
    const lr = config.annealLr ? config.lr * left : config.lr;
    const clip = config.annealClip ? config.clip * left : config.clip;
    const steps = config.rollout * numEnvs;
    const totals = new MeanMetrics();
    let epochsDone = 0;
    for (; epochsDone < config.epochs; epochsDone++) {
      const order = this.generators.batch.permutation(steps);
      const movement = new MeanMetrics();
      for (let start = 0; start < steps; start += config.batchSize) {
        const losses = this.learnBatch(order.subarray(start, start + config.batchSize), advantages, lr, clip);
        totals.add(losses);
        movement.add(losses);
      }
      if (config.targetKl !== undefined && movement.means()['losses/approx_kl'] > 1.5 * config.targetKl)
        break;
    }
    const returns = rollout.values.map((value, i) => value + advantages[i]);
    return {
      ...totals.means(),
      'losses/explained_variance': explainedVariance(rollout.values, returns),
      'charts/learning_rate': lr,
    };
  }

  /** One step of Adam on a minibatch; returns its losses. */
  private learnBatch(rows: Int32Array, advantages: Float32Array, lr: number, clip: number): Metrics {
    const { config, rollout, distribution, actor, critic, body } = this;
    const { perception } = this.setting;
    const n = rows.length;
    const { actionSize } = distribution;
    const inputs = gatherRows(rollout.inputs, rows, perception.inputSize, perception.empty(n));
    const actions = gatherRows(rollout.actions, rows, actionSize, new Float32Array(n * actionSize));
    const advantage = gatherRows(advantages, rows, 1, new Float32Array(n));
    const returns = advantage.map((value, i) => value + rollout.values[rows[i]]);
    if (config.normalizeAdvantage && n > 1) standardize(advantage);
    const losses = { policy: 0, value: 0, entropy: 0, kl: 0, oldKl: 0, clipped: 0 };

    body.train(inputs, n, (features) => {
      const policy = this.act(features, n);
      const { logProbs, entropies } = distribution.evaluate(policy, actions);
      const byLogProb = new Float32Array(n);
      for (let i = 0; i < n; i++) {
        const logRatio = logProbs[i] - rollout.logProbs[rows[i]];
        const ratio = Math.exp(logRatio);
        const bounded = Math.max(1 - clip, Math.min(1 + clip, ratio));
        const [free, held] = [-advantage[i] * ratio, -advantage[i] * bounded];
        // The larger of both losses counts; the bounded one has no slope where the bound holds.
        byLogProb[i] = free >= held ? free / n : 0;
        losses.policy += Math.max(free, held) / n;
        losses.entropy += entropies[i] / n;
        losses.oldKl -= logRatio / n;
        losses.kl += (ratio - 1 - logRatio) / n;
        losses.clipped += (Math.abs(ratio - 1) > clip ? 1 : 0) / n;
      }
      const gradients = (name: string) => actor.vectorGradient(name);
      const byOutputs = distribution.gradient(policy, actions, byLogProb, -config.entropy / n, gradients);

      const values = critic.forward(features, n);
      const byValue = new Float32Array(n);
      for (let i = 0; i < n; i++) {
        const old = rollout.values[rows[i]];
        const range = config.clipValue ?? Infinity;
        const bounded = old + Math.max(-range, Math.min(range, values[i] - old));
        const [free, held] = [values[i] - returns[i], bounded - returns[i]];
        const slope = free * free >= held * held ? free : 0;
        byValue[i] = (2 * config.valueCoefficient * slope) / n;
        losses.value += Math.max(free * free, held * held) / n;
      }

      const of = body.trainable === undefined ? 'weights' : 'both';
      const byFeatures = actor.backward(byOutputs, n, of);
      const more = critic.backward(byValue, n, of);
      if (of === 'both') for (let i = 0; i < byFeatures.length; i++) byFeatures[i] += more[i];
      return byFeatures;
    });

    if (!Number.isFinite(losses.policy + losses.value)) {
      throw new DivergedError('The losses of PPO are not finite: training has diverged. Lower --lr.');
    }
    this.optimizers.all.step(lr);
    return {
      'losses/policy_loss': losses.policy,
      'losses/value_loss': losses.value,
      'losses/entropy': losses.entropy,
      'losses/old_approx_kl': losses.oldKl,
      'losses/approx_kl': losses.kl,
      'losses/clipfrac': losses.clipped,
    };
  }

  private act(features: Float32Array, n: number): PolicyOutputs {
    const { actor } = this;
    return { outputs: actor.forward(features, n), n, vectors: (name) => actor.vector(name) };
  }

  /** Values of what all environments show now. */
  private currentValues(): Float32Array {
    const { numEnvs, perception } = this.setting;
    return this.critic.forward(this.body.features(perception.inputs(), numEnvs), numEnvs).slice();
  }
}
