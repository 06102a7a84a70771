/**
 * @file The training loop, whatever is trained: steps, evaluations, checkpoints, records, an end by signal or clock.
 * All state is in the task's variables and a count of steps; what is drawn depends on the seed, the epoch and the image
 * alone. So a run that was stopped goes on bit for bit.
 */
import { broadcastValue, broadcastVariables, SoloCommunicator, type Communicator } from '../ddp/index.js';
import type { ImageSet, ViewLoader } from '../data/index.js';
import { DivergedError } from '../errors.js';
import { warmupCosine } from '../optim/index.js';
import { ProgressReporter } from '../progress.js';
import {
  checkpointFiles,
  MetricsLog,
  restoreCheckpoint,
  saveCheckpoint,
  type Metrics,
  type Progress,
  type Run,
} from '../runs/index.js';
import type { tf } from '../tensor/index.js';
import type { SessionConfig } from './options.js';

/** Augmented images of one step. */
export interface TrainingBatch {
  /** [views, N, H, W, 3], normalised. */
  views: Float32Array;
  /** [N], of the images. */
  labels: Int32Array;
}

/** What a step saw, before its update; terms are recorded as 'train/NAME'. */
export interface StepReport {
  loss: number;
  /** Shown beside the loss. */
  terms: Record<string, number>;
  /** Recorded only. */
  others?: Record<string, number>;
}

/** What an evaluation found, and how to tell the user. */
export interface EvaluationReport {
  metrics: Metrics;
  lines: string[];
}

/** What a loop trains. */
export interface TrainingTask {
  /** Everything that a checkpoint must hold, by name. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** Its count of updates goes into checkpoints, too. */
  readonly optimizer: { stepCount: number };
  /** One update. @throws DivergedError, before anything is updated, when the loss is not finite. */
  step(batch: TrainingBatch, lr: number): Promise<StepReport>;
  /** Epoch 0 is the untrained network; undefined when there is nothing to say of it. */
  evaluate(epoch: number): Promise<EvaluationReport | undefined>;
  /** Told after each evaluation, when its metrics are part of the progress. */
  onEvaluated?(progress: Progress): void | Promise<void>;
}

/** The settings of a loop. */
export interface TrainerConfig extends Pick<
  SessionConfig,
  'checkpointEvery' | 'checkpointMinutes' | 'keep' | 'timeBudget'
> {
  epochs: number;
  batchSize: number;
  /** At its peak, for this batch size. */
  lr: number;
  /** Epochs of linear warm-up, then cosine to 0. */
  warmupEpochs: number;
  /** Evaluate every so many epochs, and after the last. */
  evalRunAt: number;
}

export interface TrainerParts {
  task: TrainingTask;
  /** The loader's images. */
  train: ImageSet;
  loader: ViewLoader;
  /** Holds checkpoints, metrics and log. */
  run: Run;
  /** Stops training after the step it is in. */
  signal: AbortSignal;
  /** All ranks train and evaluate; rank 0 alone prints and writes. By default a rank alone. */
  communicator?: Communicator;
}

/** How training ended: at its last step, by a signal, or because its time was up. */
export type Ending = 'finished' | 'interrupted' | 'time-budget';

export interface TrainingResult {
  ending: Ending;
  progress: Progress;
  /** The newest checkpoint. */
  checkpoint: string;
}

const WARMUP_START_LR = 3e-5;
/** Steps between two records of the training loss. */
const LOG_EVERY = 10;

export class Trainer {
  private readonly communicator: Communicator;
  private readonly leads: boolean;
  private readonly metrics: MetricsLog | undefined;
  private readonly reporter: ProgressReporter | undefined;
  private readonly stepsPerEpoch: number;
  private readonly totalSteps: number;
  private readonly learningRate: (step: number) => number;
  private readonly progress: Progress;
  private readonly begun = Date.now();
  private readonly secondsBefore: number;
  private lastCheckpoint = Date.now();
  private checkpointIsOld = false;

  /**
   * Begins at the run's newest checkpoint, if there is one. Task and loader stay the caller's to dispose.
   * @throws CheckpointMismatchError, CorruptFileError on resuming.
   */
  constructor(
    private readonly config: TrainerConfig,
    private readonly parts: TrainerParts,
  ) {
    const { task, loader, run } = parts;
    this.stepsPerEpoch = loader.batchesPerEpoch;
    this.totalSteps = config.epochs * this.stepsPerEpoch;
    this.learningRate = warmupCosine({
      baseLr: config.lr,
      totalSteps: this.totalSteps,
      warmupSteps: Math.round(config.warmupEpochs * this.stepsPerEpoch),
      startLr: WARMUP_START_LR,
      finalLr: 0,
    });
    const { communicator = new SoloCommunicator() } = parts;
    this.communicator = communicator;
    this.leads = communicator.rank === 0;
    const [newest] = this.leads ? checkpointFiles(run.checkpoints) : [];
    const fresh: Progress = { step: 0, optimizerSteps: 0, seconds: 0, evaluations: [] };
    const own = newest === undefined ? fresh : restoreCheckpoint(newest, task.variables);
    this.progress = broadcastValue(communicator, own);
    broadcastVariables(communicator, task.variables.values());
    task.optimizer.stepCount = this.progress.optimizerSteps;
    this.secondsBefore = this.progress.seconds;
    if (this.leads) {
      this.metrics = new MetricsLog(run.folder, this.progress.step);
      this.reporter = new ProgressReporter(this.totalSteps);
    }
  }

  /** Trains to the end, or until the signal or the time budget stops it. @throws DivergedError */
  async train(): Promise<TrainingResult> {
    const { progress } = this;
    try {
      for (;;) {
        const ending = this.decide();
        if (ending !== undefined) return await this.end(ending);
        if (progress.step % this.stepsPerEpoch === 0) await this.endEpoch();
        if (progress.step === this.totalSteps) return await this.end('finished');
        await this.trainEpoch();
      }
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      const [newest] = checkpointFiles(this.parts.run.checkpoints);
      const kept =
        newest === undefined
          ? 'No checkpoint had been written yet.'
          : `The last good checkpoint is ${newest}.`;
      throw new DivergedError(`${error.message} ${kept}`, { cause: error });
    } finally {
      this.reporter?.stop();
    }
  }

  /** The rest of the epoch that training is in, or what the signal and the time budget leave of it. */
  private async trainEpoch(): Promise<void> {
    const { config, progress, stepsPerEpoch } = this;
    const { task, train, loader } = this.parts;
    const epoch = Math.floor(progress.step / stepsPerEpoch);
    let [since, images] = [performance.now(), 0];
    for await (const { views, indices } of loader.batches(epoch, progress.step % stepsPerEpoch)) {
      const labels = Int32Array.from(indices, (index) => train.labels[index]);
      const lr = this.learningRate(progress.step);
      const { loss, terms, others } = await task.step({ views, labels }, lr);
      progress.step++;
      progress.optimizerSteps = task.optimizer.stepCount;
      images += config.batchSize;
      const imagesPerSecond = images / ((performance.now() - since) / 1000);
      const { step } = progress;
      const shown = Object.entries({ loss, ...terms }).map(([name, value]) => `${name} ${value.toFixed(3)}`);
      this.reporter?.update(
        step,
        `epoch ${epoch + 1}/${config.epochs} | ${shown.join(', ')} | ` +
          `lr ${lr.toPrecision(3)} | ${imagesPerSecond.toFixed(0)} images/s`,
        ((this.totalSteps - step) * config.batchSize) / imagesPerSecond,
      );
      if (step % LOG_EVERY === 0) {
        const values = Object.entries({ ...terms, ...others }).map(([name, value]) => [
          `train/${name}`,
          value,
        ]);
        this.record({
          'train/loss': loss,
          ...(Object.fromEntries(values) as Metrics),
          'train/lr': lr,
          'time/images_per_second': imagesPerSecond,
        });
        [since, images] = [performance.now(), 0];
      }
      if (step % stepsPerEpoch === 0 || this.decide() !== undefined) return;
      if (this.checkpointIsOld) await this.checkpoint();
    }
  }

  /** Evaluates and writes a checkpoint when they are due. */
  private async endEpoch(): Promise<void> {
    const { config, progress } = this;
    const epoch = progress.step / this.stepsPerEpoch;
    const due = (every: number) => epoch === config.epochs || epoch % every === 0;
    if (due(config.evalRunAt) && !progress.evaluations.some((evaluation) => evaluation.epoch === epoch)) {
      await this.evaluate(epoch);
    }
    if (epoch > 0 && (due(config.checkpointEvery) || this.checkpointIsOld)) await this.checkpoint();
  }

  private async evaluate(epoch: number): Promise<void> {
    const { task, run } = this.parts;
    const report = await task.evaluate(epoch);
    if (report === undefined) return;
    for (const line of report.lines) {
      this.reporter?.message(line);
      if (this.leads) run.log(line);
    }
    this.progress.evaluations.push({ epoch, metrics: report.metrics });
    this.record(report.metrics);
    if (this.leads) await task.onEvaluated?.(this.progress);
  }

  private record(metrics: Metrics): void {
    const { step } = this.progress;
    this.metrics?.append({ step, epoch: step / this.stepsPerEpoch, metrics });
  }

  /** Whether to stop and to write a checkpoint: all ranks decide together, as their signals and clocks differ. */
  private decide(): Ending | undefined {
    const { timeBudget = Infinity, checkpointMinutes } = this.config;
    const minutes = (since: number) => (Date.now() - since) / 60_000;
    const votes = Float64Array.of(
      this.parts.signal.aborted ? 1 : 0,
      minutes(this.begun) >= timeBudget ? 1 : 0,
      checkpointMinutes > 0 && minutes(this.lastCheckpoint) >= checkpointMinutes ? 1 : 0,
    );
    this.communicator.allReduce(votes);
    this.checkpointIsOld = votes[2] > 0;
    if (votes[0] > 0) return 'interrupted';
    return votes[1] > 0 ? 'time-budget' : undefined;
  }

  /** Rank 0 writes it; the path is for rank 0, too. */
  private async checkpoint(): Promise<string> {
    this.lastCheckpoint = Date.now();
    this.checkpointIsOld = false;
    if (!this.leads) return '';
    this.progress.seconds = this.secondsBefore + (Date.now() - this.begun) / 1000;
    const { run, task } = this.parts;
    return saveCheckpoint(run.checkpoints, task.variables, this.progress, this.config.keep);
  }

  private async end(ending: Ending): Promise<TrainingResult> {
    return { ending, progress: this.progress, checkpoint: await this.checkpoint() };
  }
}
