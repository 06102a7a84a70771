/**
 * @file Deep Q-learning (Mnih et al. 2015, https://www.nature.com/articles/nature14236): learns what each action is
 * worth from replayed steps, towards a target network that follows behind. With the parts of Rainbow
 * (https://arxiv.org/abs/1710.02298) that help most as options: double, dueling, n-step, prioritised replay.
 */
import { headSizes } from '../encoders/index.js';
import { DivergedError } from '../errors.js';
import { flag, integer, number, text, type ConfigOf, type Metrics } from '../runs/index.js';
import { discreteActions } from './action-space.js';
import type { Actions, AgentSetting } from './agent.js';
import type { Body } from './body.js';
import { linearInit, Mlp, Optimizer } from './networks/index.js';
import { argmax } from './policies.js';
import { REPLAY_OPTIONS, ReplayAgent } from './replay-agent.js';
import type { Frames, ReplayBatch } from './replay/index.js';

/** Defaults are Stable-Baselines3's, but for double Q-learning. */
export const DQN_OPTIONS = {
  ...REPLAY_OPTIONS,
  trainEvery: integer('steps between rounds of learning', 4, 1),
  batchSize: integer('steps of a batch', 32, 1),
  lr: number("Adam's learning rate", 1e-4, 0),
  targetEvery: integer('steps after which the target network catches up', 10_000, 1),
  explorationFraction: number('part of training in which the chance of random actions falls', 0.1, 0, 1),
  explorationEnd: number('chance of random actions afterwards', 0.05, 0, 1),
  maxNorm: number("the gradients' norm is cut at", 10, 0),
  hidden: text('sizes of hidden layers', '64-64'),
  double: flag(
    'the online network chooses the action whose target value counts (van Hasselt et al. 2016)',
    true,
  ),
  dueling: flag('value and advantages apart (Wang et al. 2016)', false),
  priorityAlpha: number('prioritised replay: exponent of the error; 0 for chances all alike', 0, 0, 1),
  priorityBeta: number('prioritised replay: correction at first; 1 at the end of training', 0.4, 0, 1),
};

export type DqnConfig = ConfigOf<typeof DQN_OPTIONS>;

const ADAM_EPSILON = 1e-8;

export class Dqn extends ReplayAgent {
  protected readonly acting: readonly string[];
  protected readonly networks;
  protected readonly optimizers;
  protected readonly generators;
  private readonly actionCount: number;
  private readonly body: Body;
  private readonly targetBody: Body;
  private readonly head: Mlp;
  private readonly targetHead: Mlp;

  constructor(
    private readonly config: DqnConfig,
    setting: AgentSetting,
  ) {
    super(config, setting, { actionSize: 1, alpha: config.priorityAlpha });
    const { numEnvs, actionSpace, evaluationRows } = setting;
    this.actionCount = discreteActions(actionSpace, 'dqn').n;
    const [bodyRng, headRng, action, batch] = setting.rng.spawn(4);
    [this.body, this.targetBody] = [setting.createBody(bodyRng), setting.createBody(bodyRng)];
    const head = () =>
      new Mlp({
        sizes: [
          ...headSizes(this.body.featureSize, config.hidden),
          this.actionCount + (config.dueling ? 1 : 0),
        ],
        activation: 'relu',
        batch: Math.max(config.batchSize, numEnvs, evaluationRows),
        rng: headRng,
        initialise: linearInit,
      });
    [this.head, this.targetHead] = [head(), head()];
    this.updateTarget();
    const { trainable } = this.body;
    const target = this.targetBody.trainable;
    const trained = { head: this.head, ...(trainable && { body: trainable }) };
    this.acting = Object.keys(trained);
    this.networks = { ...trained, target_head: this.targetHead, ...(target && { target_body: target }) };
    this.optimizers = {
      all: new Optimizer(Object.values(trained), { maxNorm: config.maxNorm, epsilon: ADAM_EPSILON }),
    };
    this.generators = { action, batch, ...this.body.generators };
  }

  explore(inputs: Frames): Actions {
    const { numEnvs } = this.setting;
    const { action: rng } = this.generators;
    const actions = this.exploit(inputs, numEnvs) as Int32Array<ArrayBuffer>;
    const chance = this.explorationChance();
    for (let env = 0; env < numEnvs; env++) {
      if (this.playsAtRandom || rng.random() < chance) {
        actions[env] = rng.integers(0, this.actionCount);
      }
    }
    this.lastActions = Float32Array.from(actions);
    return actions;
  }

  override learn(): Metrics | undefined {
    if (this.due(this.config.targetEvery)) this.updateTarget();
    const losses = super.learn();
    return losses && { ...losses, 'charts/epsilon': this.explorationChance() };
  }

  exploit(inputs: Frames, n: number): Actions {
    const values = this.actionValues(this.head, this.body.features(inputs, n), n);
    return Int32Array.from({ length: n }, (_, row) =>
      argmax(values, row * this.actionCount, this.actionCount),
    );
  }

  /** Grows to 1 over the training. */
  protected override correction(): number {
    const { priorityBeta } = this.config;
    return priorityBeta + (1 - priorityBeta) * Math.min(1, this.stepsDone / this.setting.totalSteps);
  }

  /** One step of Adam on a batch; returns its losses. */
  protected learnBatch(batch: ReplayBatch): Metrics {
    const { actionCount, config, head } = this;
    const { perception } = this.setting;
    const { size } = batch;
    const targets = this.targets(batch);
    const observations = perception.prepare(batch.observations, size, batch.observations);
    const inputs = this.body.augment(observations, size);
    const errors = new Float32Array(size);
    const losses = { loss: 0, value: 0 };
    this.body.train(inputs, size, (features) => {
      const values = this.actionValues(head, features, size);
      const byValue = new Float32Array(size * actionCount);
      for (let i = 0; i < size; i++) {
        const chosen = i * actionCount + batch.actions[i];
        errors[i] = values[chosen] - targets[i];
        const distance = Math.abs(errors[i]);
        // Huber's loss: the square up to 1, straight beyond.
        losses.loss +=
          (batch.weights[i] * (distance < 1 ? 0.5 * distance * distance : distance - 0.5)) / size;
        losses.value += values[chosen] / size;
        byValue[chosen] = (batch.weights[i] * Math.max(-1, Math.min(1, errors[i]))) / size;
      }
      const byOutputs = config.dueling ? this.duelingGradient(byValue, size) : byValue;
      return head.backward(byOutputs, size, this.body.trainable === undefined ? 'weights' : 'both');
    });
    if (!Number.isFinite(losses.loss)) {
      throw new DivergedError('The loss of DQN is not finite: training has diverged. Lower --lr.');
    }
    this.replay.setPriorities(batch.slots, errors);
    this.optimizers.all.step(this.learningRate());
    return { 'losses/td_loss': losses.loss, 'losses/q_values': losses.value };
  }

  /** What the chosen actions should be worth: the rewards, and what the target network says of what follows. */
  private targets(batch: ReplayBatch): Float32Array {
    const { actionCount } = this;
    const { size } = batch;
    const next = this.setting.perception.prepare(batch.nextObservations, size, batch.nextObservations);
    const values = this.actionValues(this.targetHead, this.targetBody.features(next, size), size);
    const choosers = this.config.double
      ? this.actionValues(this.head, this.body.features(next, size), size)
      : values;
    return batch.rewards.map((reward, i) => {
      const action = argmax(choosers, i * actionCount, actionCount);
      return reward + batch.discounts[i] * values[i * actionCount + action];
    });
  }

  /** Values of all actions, [n, actions]; of a dueling head, V + A - mean(A). */
  private actionValues(head: Mlp, features: Float32Array, n: number): Float32Array {
    const outputs = head.forward(features, n);
    if (!this.config.dueling) return outputs;
    const { actionCount } = this;
    const values = new Float32Array(n * actionCount);
    for (let row = 0; row < n; row++) {
      const start = row * (actionCount + 1);
      let mean = 0;
      for (let i = 1; i <= actionCount; i++) mean += outputs[start + i] / actionCount;
      for (let i = 0; i < actionCount; i++)
        values[row * actionCount + i] = outputs[start] + outputs[start + 1 + i] - mean;
    }
    return values;
  }

  private duelingGradient(byValue: Float32Array, n: number): Float32Array {
    const { actionCount } = this;
    const gradient = new Float32Array(n * (actionCount + 1));
    for (let row = 0; row < n; row++) {
      let sum = 0;
      for (let i = 0; i < actionCount; i++) sum += byValue[row * actionCount + i];
      gradient[row * (actionCount + 1)] = sum;
      for (let i = 0; i < actionCount; i++) {
        gradient[row * (actionCount + 1) + 1 + i] = byValue[row * actionCount + i] - sum / actionCount;
      }
    }
    return gradient;
  }

  private explorationChance(): number {
    const { explorationFraction, explorationEnd } = this.config;
    const done = Math.min(1, this.stepsDone / Math.max(1, explorationFraction * this.setting.totalSteps));
    return 1 + (explorationEnd - 1) * done;
  }

  private updateTarget(): void {
    this.targetHead.follow(this.head);
    this.targetBody.follow(this.body);
  }
}
