/** @file Pretraining as a task of the training loop: the learner's steps, and what is shown of its evaluations. */
import type { DataSplits } from '../data/index.js';
import { writeFileAtomic } from '../files.js';
import type { Metrics, Progress, Run } from '../runs/index.js';
import type { EvaluationReport, StepReport, TrainingBatch, TrainingTask } from '../training/index.js';
import { drawCurve } from './curve.js';
import { evaluate, evaluatePixels } from './evaluation/evaluator.js';
import type { Learner } from './learner.js';

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;

export class PretrainTask implements TrainingTask {
  constructor(
    private readonly learner: Learner,
    private readonly data: DataSplits,
    private readonly run: Run,
    private readonly epochs: number,
  ) {}

  get variables() {
    return this.learner.variables;
  }

  get optimizer() {
    return this.learner.optimizer;
  }

  async step({ views, labels }: TrainingBatch, lr: number): Promise<StepReport> {
    const { loss, parts, probeLoss } = await this.learner.step(views, this.data.train.size, labels, lr);
    return { loss, terms: parts, others: { probe_loss: probeLoss } };
  }

  async evaluate(epoch: number): Promise<EvaluationReport> {
    const lines: string[] = [];
    const knnPixels = epoch === 0 ? await evaluatePixels(this.data) : undefined;
    if (knnPixels !== undefined) lines.push(`kNN of raw pixels: ${percent(knnPixels)}`);
    const { knn, probe, embeddingStd, rankMe, warning } = await evaluate(this.learner, this.data);
    const metrics: Metrics = {
      ...(knnPixels !== undefined && { 'eval/knn_pixels': knnPixels }),
      ...(knn !== undefined && { 'eval/knn': knn }),
      ...(epoch > 0 && probe !== undefined && { 'eval/probe': probe }),
      'eval/embedding_std': embeddingStd,
      'eval/rank_me': rankMe,
    };
    if (epoch === 0) {
      lines.push(
        knn === undefined ? 'No labels: no accuracies.' : `kNN of the random encoder: ${percent(knn)}`,
      );
    } else {
      const accuracies =
        knn === undefined || probe === undefined
          ? ''
          : `kNN ${percent(knn)} | linear probe ${percent(probe)} | `;
      lines.push(
        `epoch ${epoch}/${this.epochs}: ${accuracies}` +
          `embedding deviation ${embeddingStd.toFixed(2)} | RankMe ${rankMe.toFixed(1)}`,
      );
      if (warning !== undefined) lines.push(`Warning: ${warning}`);
    }
    return { metrics, lines };
  }

  /** Draws the curve anew. */
  onEvaluated(progress: Progress): void {
    if (!progress.evaluations.some(({ metrics }) => 'eval/knn' in metrics)) return;
    const title = `${this.run.name}: accuracy on held-out images of ${this.data.name}`;
    writeFileAtomic(this.run.path('curve.svg'), drawCurve(title, progress, this.epochs));
  }
}
