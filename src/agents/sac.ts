/**
 * @file Soft actor-critic (Haarnoja et al. 2018, https://arxiv.org/abs/1812.05905) for continuous actions: learns a
 * policy that is worth much and still as random as it can be. Two critics, of which the lower one counts; the weight of
 * randomness (the temperature) is learnt too, so that the policy's entropy stays near minus the number of actions.
 */
import { headSizes } from '../encoders/index.js';
import { DivergedError } from '../errors.js';
import { integer, number, optional, text, type ConfigOf, type Metrics } from '../runs/index.js';
import type { Box } from '../envs/index.js';
import type { Generator } from '../random/index.js';
import { continuousActions } from './action-space.js';
import type { Actions, AgentSetting } from './agent.js';
import type { Body } from './body.js';
import { linearInit, Mlp, Optimizer } from './networks/index.js';
import { CorrelatedNoise } from './noise.js';
import { SquashedGaussian } from './policies.js';
import { REPLAY_OPTIONS, ReplayAgent } from './replay-agent.js';
import type { Frames, ReplayBatch } from './replay/index.js';

/** Defaults are Stable-Baselines3's. */
export const SAC_OPTIONS = {
  ...REPLAY_OPTIONS,
  batchSize: integer('steps of a batch', 256, 1),
  lr: number("Adam's learning rate", 3e-4, 0),
  tau: number('how far the target critics follow at each batch', 0.005, 0, 1),
  temperature: optional(number('a fixed weight of the entropy (learnt)', 0.1, 0)),
  targetEntropy: optional(number('entropy to hold (minus the number of actions)', -1, -1e6)),
  noiseCorrelation: number("of exploring actions' noise with that of the step before", 0, 0, 0.9999),
  hidden: text('sizes of hidden layers', '256-256'),
};

export type SacConfig = ConfigOf<typeof SAC_OPTIONS>;

const ADAM_EPSILON = 1e-8;

export class Sac extends ReplayAgent {
  protected readonly acting: readonly string[];
  protected readonly networks;
  protected readonly optimizers;
  protected readonly generators;
  private readonly space: Box;
  private readonly actionSize: number;
  private readonly targetEntropy: number;
  private readonly distribution: SquashedGaussian;
  private readonly body: Body;
  private readonly targetBody: Body;
  private readonly actor: Mlp;
  private readonly critics: readonly Mlp[];
  private readonly targetCritics: readonly Mlp[];
  private readonly noise: CorrelatedNoise;

  constructor(
    private readonly config: SacConfig,
    setting: AgentSetting,
  ) {
    const space = continuousActions(setting.actionSpace, 'sac');
    super(config, setting, { actionSize: space.flatSize, alpha: 0 });
    const { numEnvs, evaluationRows } = setting;
    this.space = space;
    this.actionSize = this.space.flatSize;
    this.distribution = new SquashedGaussian(this.actionSize);
    this.noise = new CorrelatedNoise(numEnvs * this.actionSize, config.noiseCorrelation);
    this.targetEntropy = config.targetEntropy ?? -this.actionSize;
    const [bodyRng, actorRng, criticRng, action, batch] = setting.rng.spawn(5);
    [this.body, this.targetBody] = [setting.createBody(bodyRng), setting.createBody(bodyRng)];
    const { featureSize } = this.body;
    const network = (inputs: number, outputs: number, rng: Generator, vectors = {}) =>
      new Mlp({
        sizes: [...headSizes(inputs, config.hidden), outputs],
        activation: 'relu',
        batch: Math.max(config.batchSize, numEnvs, evaluationRows),
        rng,
        initialise: linearInit,
        vectors,
      });
    // The temperature learns with the actor: Adam treats each number by itself.
    const log_temperature = [Math.log(config.temperature ?? 1)];
    this.actor = network(featureSize, this.distribution.outputs, actorRng, { log_temperature });
    const critic = () => network(featureSize + this.actionSize, 1, criticRng);
    [this.critics, this.targetCritics] = [
      [critic(), critic()],
      [critic(), critic()],
    ];
    this.targetCritics.forEach((target, i) => target.follow(this.critics[i]));
    this.targetBody.follow(this.body);
    const { trainable } = this.body;
    const target = this.targetBody.trainable;
    const valued = {
      critic_1: this.critics[0],
      critic_2: this.critics[1],
      ...(trainable && { body: trainable }),
    };
    this.acting = ['actor', ...(trainable === undefined ? [] : ['body'])];
    this.networks = {
      actor: this.actor,
      ...valued,
      target_critic_1: this.targetCritics[0],
      target_critic_2: this.targetCritics[1],
      ...(target && { target_body: target }),
    };
    const adam = { maxNorm: Infinity, epsilon: ADAM_EPSILON };
    this.optimizers = {
      actor: new Optimizer([this.actor], adam),
      critics: new Optimizer(Object.values(valued), adam),
    };
    this.generators = { action, batch, ...this.body.generators };
  }

  explore(inputs: Frames): Actions {
    const { numEnvs } = this.setting;
    const { action: rng } = this.generators;
    const draw = () => {
      const outputs = this.actor.forward(this.body.features(inputs, numEnvs), numEnvs);
      return this.distribution.sample(rng, outputs, numEnvs, this.noise.next(rng)).actions;
    };
    const random = () => rng.fillUniform(new Float32Array(numEnvs * this.actionSize), -1, 1);
    this.lastActions = this.playsAtRandom ? random() : draw();
    return this.toEnvironment(this.lastActions);
  }

  override begin(frames: Frames): void {
    super.begin(frames);
    this.noise.restart();
  }

  exploit(inputs: Frames, n: number): Actions {
    const outputs = this.actor.forward(this.body.features(inputs, n), n);
    return this.toEnvironment(this.distribution.mode(outputs, n));
  }

  /** One step of Adam on critics, actor and temperature; returns their losses. */
  protected learnBatch(batch: ReplayBatch): Metrics {
    const { perception } = this.setting;
    const temperature = this.temperature();
    const targets = this.targets(batch, temperature);
    const observations = perception.prepare(batch.observations, batch.size, batch.observations);
    const inputs = this.body.augment(observations, batch.size);
    let features = new Float32Array();
    let losses: Metrics = {};
    this.body.train(inputs, batch.size, (found) => {
      // The policy learns from these features as they are: only the critics shape the body.
      features = found.slice();
      const { metrics, byFeatures } = this.learnCritics(found, batch, targets);
      losses = metrics;
      return byFeatures;
    });
    this.optimizers.critics.step(this.learningRate());
    losses = { ...losses, ...this.learnActor(features, batch.size, temperature) };
    this.optimizers.actor.step(this.learningRate());
    if (!Object.values(losses).every(Number.isFinite)) {
      throw new DivergedError('The losses of SAC are not finite: training has diverged. Lower --lr.');
    }
    const { tau } = this.config;
    this.targetCritics.forEach((target, i) => target.follow(this.critics[i], tau));
    this.targetBody.follow(this.body, tau);
    return losses;
  }

  /** The reward, and what follows: its lower target value and the weight of the next action's chance. */
  private targets(
    { nextObservations, rewards, discounts, size }: ReplayBatch,
    temperature: number,
  ): Float32Array {
    const next = this.setting.perception.prepare(nextObservations, size, nextObservations);
    const outputs = this.actor.forward(this.body.features(next, size), size);
    const { actions, logProbs } = this.distribution.sample(this.generators.batch, outputs, size);
    const pairs = this.join(this.targetBody.features(next, size), actions, size);
    const [first, second] = this.targetCritics.map((critic) => critic.forward(pairs, size));
    return rewards.map(
      (reward, i) => reward + discounts[i] * (Math.min(first[i], second[i]) - temperature * logProbs[i]),
    );
  }

  private learnCritics(features: Float32Array, { actions, size }: ReplayBatch, targets: Float32Array) {
    const { actionSize } = this;
    const { featureSize, trainable } = this.body;
    const pairs = this.join(features, actions, size);
    const byFeatures = new Float32Array(trainable === undefined ? 0 : size * featureSize);
    const metrics: Metrics = {};
    this.critics.forEach((critic, which) => {
      const values = critic.forward(pairs, size);
      const errors = values.map((value, i) => value - targets[i]);
      metrics[`losses/qf${which + 1}_loss`] = errors.reduce((sum, error) => sum + (error * error) / size, 0);
      metrics[`losses/qf${which + 1}_values`] = values.reduce((sum, value) => sum + value / size, 0);
      const byValue = errors.map((error) => error / size);
      const byPairs = critic.backward(byValue, size, trainable === undefined ? 'weights' : 'both');
      for (let i = 0; i < byFeatures.length; i++) {
        byFeatures[i] += byPairs[i + Math.floor(i / featureSize) * actionSize];
      }
    });
    return { metrics, byFeatures };
  }

  /** Leaves the gradients of: temperature x log-probability of a drawn action, less its lower value. */
  private learnActor(features: Float32Array, n: number, temperature: number): Metrics {
    const { actor, actionSize, critics, distribution } = this;
    const { featureSize } = this.body;
    const outputs = actor.forward(features, n);
    const sample = distribution.sample(this.generators.batch, outputs, n);
    const pairs = this.join(features, sample.actions, n);
    const [first, second] = critics.map((critic) => critic.forward(pairs, n));
    const chosen = Float32Array.from(first, (value, row) => (value <= second[row] ? -1 / n : 0));
    const others = chosen.map((by) => (by === 0 ? -1 / n : 0));
    const byPairs = [critics[0].backward(chosen, n, 'inputs'), critics[1].backward(others, n, 'inputs')];
    const byActions = new Float32Array(n * actionSize);
    for (let i = 0; i < byActions.length; i++) {
      const at = Math.floor(i / actionSize) * (featureSize + actionSize) + featureSize + (i % actionSize);
      byActions[i] = byPairs[0][at] + byPairs[1][at];
    }
    actor.backward(distribution.gradient(outputs, sample, temperature / n, byActions), n);
    let [loss, logProb] = [0, 0];
    for (let row = 0; row < n; row++) {
      logProb += sample.logProbs[row] / n;
      loss += (temperature * sample.logProbs[row] - Math.min(first[row], second[row])) / n;
    }
    const fixed = this.config.temperature !== undefined;
    actor.vectorGradient('log_temperature')[0] = fixed ? 0 : -(logProb + this.targetEntropy);
    return { 'losses/actor_loss': loss, 'losses/alpha': temperature, 'losses/entropy': -logProb };
  }

  private temperature(): number {
    return Math.exp(this.actor.vector('log_temperature')[0]);
  }

  /** Features and actions side by side, [n, featureSize + actionSize]. */
  private join(features: Float32Array, actions: Float32Array, n: number): Float32Array {
    const { actionSize } = this;
    const { featureSize } = this.body;
    const pairs = new Float32Array(n * (featureSize + actionSize));
    for (let row = 0; row < n; row++) {
      const start = row * (featureSize + actionSize);
      for (let i = 0; i < featureSize; i++) pairs[start + i] = features[row * featureSize + i];
      for (let i = 0; i < actionSize; i++) pairs[start + featureSize + i] = actions[row * actionSize + i];
    }
    return pairs;
  }

  /** From (-1, 1) to the environment's bounds. */
  private toEnvironment(squashed: Float32Array): Float32Array {
    const { low, high } = this.space;
    return squashed.map((value, i) => {
      const at = i % this.actionSize;
      return Math.min(high[at], low[at] + ((value + 1) / 2) * (high[at] - low[at]));
    });
  }
}
