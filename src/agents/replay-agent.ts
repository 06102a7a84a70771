/** @file What DQN and SAC share: a replay of all that was done, and rounds of learning from it. */
import { flag, integer, number, type ConfigOf, type Metrics } from '../runs/index.js';
import type { AgentSetting, Outcome } from './agent.js';
import { MeanMetrics } from './batches.js';
import { fill, NetworkAgent, type Memory } from './network-agent.js';
import { Replay, type Frames, type ReplayBatch } from './replay/index.js';

/** Options of learning from replay. */
export const REPLAY_OPTIONS = {
  numEnvs: integer('environments that step together', 1, 1, 4096),
  replaySize: integer('steps that are remembered', 100_000, 100),
  learningStarts: integer('steps with random actions before learning begins', 100, 1),
  trainEvery: integer('steps between rounds of learning', 1, 1),
  gradientSteps: integer('batches of a round', 1, 1),
  annealLr: flag('let the learning rate fall to 0 along a line', false),
  gamma: number('discount of a step', 0.99, 0, 1),
  nStep: integer('rewards added up before the value of what follows', 1, 1, 100),
};

type ReplayConfig = ConfigOf<typeof REPLAY_OPTIONS> & { batchSize: number; lr: number };

export abstract class ReplayAgent extends NetworkAgent {
  protected readonly replay: Replay;
  /** Of all environments, [numEnvs, actionSize]: as they are remembered. */
  protected lastActions: Float32Array = new Float32Array();
  protected stepsDone = 0;

  /** @param o.alpha of prioritised replay; @param o.actionSize numbers of an action */
  constructor(
    private readonly replayConfig: ReplayConfig,
    protected readonly setting: AgentSetting,
    private readonly o: { actionSize: number; alpha: number },
  ) {
    super();
    const { numEnvs } = setting;
    const { frameSize, dtype, stack } = setting.perception.o;
    const { replaySize: capacity, nStep, gamma } = replayConfig;
    this.replay = new Replay({ capacity, numEnvs, frameSize, dtype, stack, nStep, gamma, ...o });
  }

  /** One update from a batch; returns its losses. */
  protected abstract learnBatch(batch: ReplayBatch): Metrics;

  observe({ rewards, terminated, truncated, frames, nextFrames }: Outcome): void {
    const { actionSize } = this.o;
    for (let env = 0; env < this.setting.numEnvs; env++) {
      const ends = { terminated: terminated[env] !== 0, truncated: truncated[env] !== 0 };
      const action = this.lastActions.subarray(env * actionSize, (env + 1) * actionSize);
      this.replay.add(env, { action, reward: rewards[env], ...ends, next: this.frameOf(frames, env) });
      if (ends.terminated || ends.truncated) this.replay.begin(env, this.frameOf(nextFrames, env));
    }
    this.stepsDone += this.setting.numEnvs;
  }

  leave(): void {
    // A frame that no action follows is never drawn.
  }

  begin(frames: Frames): void {
    for (let env = 0; env < this.setting.numEnvs; env++) this.replay.begin(env, this.frameOf(frames, env));
  }

  learn(): Metrics | undefined {
    const { gradientSteps, batchSize, trainEvery } = this.replayConfig;
    if (this.playsAtRandom || !this.due(trainEvery) || this.replay.size === 0) return undefined;
    const totals = new MeanMetrics();
    for (let i = 0; i < gradientSteps; i++) {
      const rng = this.generators.batch;
      totals.add(this.learnBatch(this.replay.draw(rng, batchSize, this.correction())));
    }
    return { ...totals.means(), 'charts/learning_rate': this.learningRate() };
  }

  /** How far unequal chances of the draw are corrected. */
  protected correction(): number {
    return 1;
  }

  /** Of the batches that are learnt from now. */
  protected learningRate(): number {
    const { lr, annealLr } = this.replayConfig;
    return annealLr ? lr * Math.max(0, 1 - this.stepsDone / this.setting.totalSteps) : lr;
  }

  protected get playsAtRandom(): boolean {
    return this.stepsDone < this.replayConfig.learningStarts;
  }

  /** Has a multiple of `every` been reached by the last step? (Steps come `numEnvs` at a time.) */
  protected due(every: number): boolean {
    const { stepsDone } = this;
    return Math.floor(stepsDone / every) > Math.floor((stepsDone - this.setting.numEnvs) / every);
  }

  protected memory(): { arrays: Memory; progress: unknown } {
    const { rings, largest, ...arrays } = this.replay.getState();
    return { arrays, progress: { rings, largest, stepsDone: this.stepsDone } };
  }

  protected setMemory(arrays: Memory, progress: unknown): void {
    const state = this.replay.getState();
    for (const name of ['frames', 'actions', 'rewards', 'flags', 'priorities'] as const) {
      fill(state[name], arrays, name);
    }
    const { stepsDone, ...rest } = progress as {
      stepsDone: number;
      rings: typeof state.rings;
      largest: number;
    };
    this.replay.setState({ ...state, ...rest });
    this.stepsDone = stepsDone;
  }

  private frameOf(frames: Frames, env: number): Frames {
    const { frameSize } = this.setting.perception.o;
    return frames.subarray(env * frameSize, (env + 1) * frameSize);
  }
}
