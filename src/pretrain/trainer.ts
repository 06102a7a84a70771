/**
 * @file Pretraining from start to end. All state is in the learner's variables and a count of steps; what is drawn
 * depends on the seed, the epoch and the image alone. So a run that was stopped goes on bit for bit.
 */
import { contactSheet, ViewLoader, type DataSplits } from '../data/index.js';
import { saveEncoder } from '../encoders/index.js';
import { DivergedError } from '../errors.js';
import { writeFileAtomic } from '../files.js';
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
import { drawCurve } from './curve.js';
import { evaluate, evaluatePixels } from './evaluation/evaluator.js';
import { Learner } from './learner.js';
import type { PretrainConfig } from './options.js';

/** How training ended: at its last step, by a signal, or because its time was up. */
export type Ending = 'finished' | 'interrupted' | 'time-budget';

export interface TrainingResult {
  ending: Ending;
  progress: Progress;
  /** The newest checkpoint. */
  checkpoint: string;
  /** The encoder's file. */
  encoder: string;
}

const WARMUP_START_LR = 3e-5;
/** Steps between two records of the training loss. */
const LOG_EVERY = 10;

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;

export class Trainer {
  private readonly learner: Learner;
  private readonly metrics: MetricsLog;
  private readonly reporter: ProgressReporter;
  private readonly stepsPerEpoch: number;
  private readonly totalSteps: number;
  private readonly progress: Progress;
  private readonly begun = Date.now();
  private readonly secondsBefore: number;
  private lastCheckpoint = Date.now();

  /**
   * @param signal stops training after the step it is in
   * @throws UserError when a batch is larger than the training set; CheckpointMismatchError on resuming.
   */
  constructor(
    private readonly config: PretrainConfig,
    private readonly data: DataSplits,
    private readonly run: Run,
    private readonly signal: AbortSignal,
  ) {
    const { batchSize, epochs } = config;
    this.stepsPerEpoch = Math.floor(data.train.count / batchSize);
    this.totalSteps = epochs * this.stepsPerEpoch;
    this.learner = new Learner(config, data.train.classes.length);
    const [newest] = checkpointFiles(run.checkpoints);
    this.progress = { step: 0, optimizerSteps: 0, seconds: 0, evaluations: [] };
    if (newest !== undefined) {
      this.progress = restoreCheckpoint(newest, this.learner.variables);
      this.learner.optimizer.stepCount = this.progress.optimizerSteps;
    }
    this.secondsBefore = this.progress.seconds;
    this.metrics = new MetricsLog(run.folder, this.progress.step);
    this.reporter = new ProgressReporter(this.totalSteps);
  }

  /** Trains to the end, or until the signal or the time budget stops it. */
  async train(): Promise<TrainingResult> {
    const { config, data, progress } = this;
    const { batchSize, seed, numWorkers, augmentation: preset, cropScale } = config;
    const { mean, std } = data;
    const augmentation = { preset, cropScale, seed, mean, std };
    writeFileAtomic(this.run.path('views.png'), contactSheet(data.train, augmentation));
    const loader = new ViewLoader(data.train, { ...augmentation, batchSize, numWorkers });
    try {
      for (;;) {
        const ending = this.shouldStop();
        if (ending !== undefined) return await this.end(ending);
        if (progress.step % this.stepsPerEpoch === 0) await this.endEpoch();
        if (progress.step === this.totalSteps) return await this.end('finished');
        await this.trainEpoch(loader);
      }
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      const [newest] = checkpointFiles(this.run.checkpoints);
      const kept =
        newest === undefined
          ? 'No checkpoint had been written yet.'
          : `The last good checkpoint is ${newest}.`;
      throw new DivergedError(`${error.message} ${kept}`, { cause: error });
    } finally {
      this.reporter.stop();
      await loader.close();
      this.learner.dispose();
    }
  }

  /** The rest of the epoch that training is in, or what the signal and the time budget leave of it. */
  private async trainEpoch(loader: ViewLoader): Promise<void> {
    const { config, data, progress } = this;
    const lr = warmupCosine({
      baseLr: (config.baseLr * config.batchSize) / 256,
      totalSteps: this.totalSteps,
      warmupSteps: Math.round(config.warmupEpochs * this.stepsPerEpoch),
      startLr: WARMUP_START_LR,
      finalLr: 0,
    });
    const epoch = Math.floor(progress.step / this.stepsPerEpoch);
    let [since, images] = [performance.now(), 0];
    for await (const { views, indices } of loader.batches(epoch, progress.step % this.stepsPerEpoch)) {
      const labels = Int32Array.from(indices, (index) => data.train.labels[index]);
      const rate = lr(progress.step);
      const { loss, parts, probeLoss } = await this.learner.step(views, data.train.size, labels, rate);
      progress.step++;
      progress.optimizerSteps = this.learner.optimizer.stepCount;
      images += labels.length;
      const imagesPerSecond = images / ((performance.now() - since) / 1000);
      const { step } = progress;
      const terms = Object.entries(parts).map(([name, value]) => `${name} ${value.toFixed(3)}`);
      this.reporter.update(
        step,
        `epoch ${epoch + 1}/${config.epochs} | loss ${loss.toFixed(3)} (${terms.join(', ')}) | ` +
          `lr ${rate.toPrecision(3)} | ${imagesPerSecond.toFixed(0)} images/s`,
        ((this.totalSteps - step) * config.batchSize) / imagesPerSecond,
      );
      if (step % LOG_EVERY === 0) {
        const values = Object.entries(parts).map(([name, value]) => [`train/${name}`, value]);
        const speed = { 'time/images_per_second': imagesPerSecond };
        this.record({
          'train/loss': loss,
          ...(Object.fromEntries(values) as Metrics),
          'train/probe_loss': probeLoss,
          'train/lr': rate,
          ...speed,
        });
        [since, images] = [performance.now(), 0];
      }
      if (step % this.stepsPerEpoch === 0) return;
      if (this.shouldStop() !== undefined) return;
      if (this.checkpointIsOld()) await this.checkpoint();
    }
  }

  /** Evaluates and writes a checkpoint when they are due; epoch 0 is the untrained network. */
  private async endEpoch(): Promise<void> {
    const { config, progress } = this;
    const epoch = progress.step / this.stepsPerEpoch;
    const last = epoch === config.epochs;
    const due = (every: number) => last || epoch % every === 0;
    if (due(config.evalRunAt) && !progress.evaluations.some((evaluation) => evaluation.epoch === epoch)) {
      await this.evaluate(epoch);
    }
    if (epoch > 0 && (due(config.checkpointEvery) || this.checkpointIsOld())) await this.checkpoint();
  }

  private async evaluate(epoch: number): Promise<void> {
    const knnPixels = epoch === 0 ? await evaluatePixels(this.data) : undefined;
    if (knnPixels !== undefined) this.say(`kNN of raw pixels: ${percent(knnPixels)}`);
    const { knn, probe, embeddingStd, rankMe, warning } = await evaluate(this.learner, this.data);
    const metrics: Metrics = {
      ...(knnPixels !== undefined && { 'eval/knn_pixels': knnPixels }),
      ...(knn !== undefined && { 'eval/knn': knn }),
      ...(epoch > 0 && probe !== undefined && { 'eval/probe': probe }),
      'eval/embedding_std': embeddingStd,
      'eval/rank_me': rankMe,
    };
    if (epoch === 0) {
      this.say(
        knn === undefined ? 'No labels: no accuracies.' : `kNN of the random encoder: ${percent(knn)}`,
      );
    } else {
      const accuracies =
        knn === undefined || probe === undefined
          ? ''
          : `kNN ${percent(knn)} | linear probe ${percent(probe)} | `;
      this.say(
        `epoch ${epoch}/${this.config.epochs}: ${accuracies}` +
          `embedding deviation ${embeddingStd.toFixed(2)} | RankMe ${rankMe.toFixed(1)}`,
      );
      if (warning !== undefined) this.say(`Warning: ${warning}`);
    }
    this.progress.evaluations.push({ epoch, metrics });
    this.record(metrics);
    if (knn !== undefined) {
      const title = `${this.run.name}: accuracy on held-out images of ${this.data.name}`;
      writeFileAtomic(this.run.path('curve.svg'), drawCurve(title, this.progress, this.config.epochs));
    }
  }

  private record(metrics: Metrics): void {
    const { step } = this.progress;
    this.metrics.append({ step, epoch: step / this.stepsPerEpoch, metrics });
  }

  private shouldStop(): Ending | undefined {
    if (this.signal.aborted) return 'interrupted';
    const minutes = this.config.timeBudget;
    return minutes !== undefined && Date.now() - this.begun >= minutes * 60_000 ? 'time-budget' : undefined;
  }

  private checkpointIsOld(): boolean {
    const { checkpointMinutes } = this.config;
    return checkpointMinutes > 0 && Date.now() - this.lastCheckpoint >= checkpointMinutes * 60_000;
  }

  private async checkpoint(): Promise<string> {
    this.progress.seconds = this.secondsBefore + (Date.now() - this.begun) / 1000;
    const path = await saveCheckpoint(
      this.run.checkpoints,
      this.learner.variables,
      this.progress,
      this.config.keep,
    );
    this.lastCheckpoint = Date.now();
    return path;
  }

  private async end(ending: Ending): Promise<TrainingResult> {
    const { arch, stem, method } = this.config;
    const checkpoint = await this.checkpoint();
    const encoder = this.run.path('encoder.safetensors');
    const { step } = this.progress;
    await saveEncoder(encoder, this.learner.encoder, {
      arch,
      stem,
      method,
      dataset: this.data.name,
      step: String(step),
    });
    return { ending, progress: this.progress, checkpoint, encoder };
  }

  private say(line: string): void {
    this.reporter.message(line);
    this.run.log(line);
  }
}
