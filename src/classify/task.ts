/**
 * @file Training with labels as a task of the training loop: a head alone on augmented images through the frozen
 * encoder, or all layers (fine-tuning, training from scratch).
 */
import {
  allSumOf,
  broadcastVariables,
  GradientReducer,
  meanOverRanks,
  SoloCommunicator,
  type Communicator,
} from '../ddp/index.js';
import { moduleVariables, type MlpHead, type ResNet } from '../encoders/index.js';
import { GroupedOptimizer } from '../optim/index.js';
import type { Progress } from '../runs/index.js';
import { softmaxCrossEntropy, tf, type AllSum } from '../tensor/index.js';
import {
  diverged,
  gradientsOf,
  prefixed,
  readScalar,
  type EvaluationReport,
  type StepReport,
  type TrainingBatch,
  type TrainingTask,
} from '../training/index.js';
import { forEachImage } from './embed.js';
import { layerGroups } from './layers.js';
import { accuracyOf } from './metrics.js';
import type { DevelopmentData } from './test-set.js';

export interface LabelTaskOptions {
  encoder: ResNet;
  head: MlpHead;
  /** Train the head only: the encoder in evaluation mode, without gradients. */
  frozen: boolean;
  weightDecay: number;
  /** Factor between the learning rates of neighbouring stages (1: all alike). */
  layerDecay: number;
  data: Pick<DevelopmentData, 'heldOut' | 'mean' | 'std'>;
  /** All its ranks train together, each on its share of every batch; by default a rank alone. */
  communicator?: Communicator;
  /** BatchNorm over the images of all ranks (true), or each rank by itself. */
  syncBn?: boolean;
  /** Called when held-out accuracy is higher than ever before. */
  onBest: (epoch: number, accuracy: number) => Promise<void>;
}

const MOMENTUM = 0.9;

export class LabelTask implements TrainingTask {
  readonly optimizer: GroupedOptimizer;
  private readonly parameters: Map<string, tf.Variable>;
  private readonly communicator: Communicator;
  private readonly allSum: AllSum | undefined;
  private readonly parallel: { worldSize: number; reducer: GradientReducer } | undefined;

  constructor(private readonly options: LabelTaskOptions) {
    const { encoder, head, frozen, weightDecay, layerDecay } = options;
    const groups = frozen
      ? [{ parameters: new Map(prefixed('head', head.parameters)), scale: 1 }]
      : layerGroups(encoder, head, layerDecay);
    this.optimizer = new GroupedOptimizer('sgd', groups, { momentum: MOMENTUM, nesterov: true, weightDecay });
    this.parameters = new Map(groups.flatMap(({ parameters }) => [...parameters]));
    const { communicator = new SoloCommunicator(), syncBn } = options;
    const { worldSize } = communicator;
    this.communicator = communicator;
    this.allSum = allSumOf(communicator, syncBn);
    if (worldSize === 1) return;
    this.parallel = {
      worldSize,
      reducer: new GradientReducer(communicator, frozen ? [head] : [encoder, head]),
    };
  }

  get variables(): Map<string, tf.Variable> {
    const { encoder, head, frozen } = this.options;
    return new Map([
      ...(frozen ? [] : prefixed('encoder', moduleVariables(encoder))),
      ...prefixed('head', moduleVariables(head)),
      ...prefixed('optimizer', this.optimizer.state()),
    ]);
  }

  async step({ views, labels }: TrainingBatch, lr: number): Promise<StepReport> {
    const { encoder, head, frozen, data } = this.options;
    const [height, width] = data.heldOut.size;
    const count = views.length / (height * width * 3);
    const targets = tf.tensor1d(
      Int32Array.from({ length: count }, (_, i) => labels[i % labels.length]),
      'int32',
    );
    const images = tf.tensor4d(views, [count, height, width, 3]);
    const features = frozen ? tf.tidy(() => encoder.forward(images, { training: false })) : undefined;
    const { value, grads } = gradientsOf(
      () => {
        const mode = { training: true, allSum: this.allSum };
        const inputs = features ?? encoder.forward(images, mode);
        return softmaxCrossEntropy(head.forward(inputs, mode), targets);
      },
      this.parameters,
      this.parallel,
    );
    const [loss] = meanOverRanks(this.communicator, [await readScalar(value)]);
    tf.dispose([images, targets, value]);
    features?.dispose();
    if (Number.isFinite(loss)) this.optimizer.step(grads, lr);
    tf.dispose(grads);
    if (!Number.isFinite(loss)) throw diverged(loss);
    return { loss, terms: {} };
  }

  async evaluate(epoch: number): Promise<EvaluationReport | undefined> {
    if (epoch === 0) return undefined; // the head knows nothing yet
    const { heldOut } = this.options.data;
    const accuracy = accuracyOf(await this.logits(), heldOut.labels);
    const line = `epoch ${epoch}: held-out accuracy ${(100 * accuracy).toFixed(1)} %`;
    return { metrics: { 'eval/accuracy': accuracy }, lines: [line] };
  }

  async onEvaluated({ evaluations }: Progress): Promise<void> {
    const best = bestEvaluation(evaluations);
    const last = evaluations.at(-1);
    if (best !== undefined && best.epoch === last?.epoch)
      await this.options.onBest(best.epoch, best.accuracy);
  }

  /** Frees the optimizer's memory; encoder and head stay the caller's. */
  dispose(): void {
    tf.dispose([...this.optimizer.state().values()]);
  }

  /** Of the held-out images, [count, classes]. */
  private logits(): Promise<Float32Array> {
    const { encoder, head, data, syncBn = true } = this.options;
    // Without SyncBatchNorm each rank has running statistics of its own; rank 0's are those of the result.
    if (!syncBn) broadcastVariables(this.communicator, encoder.buffers.values());
    return forEachImage(
      data.heldOut,
      data,
      (images) => head.forward(encoder.forward(images, { training: false }), { training: false }),
      this.communicator,
    );
  }
}

/** The first evaluation with the highest held-out accuracy. */
export function bestEvaluation(
  evaluations: Progress['evaluations'],
): { epoch: number; accuracy: number } | undefined {
  return evaluations
    .map(({ epoch, metrics }) => ({ epoch, accuracy: metrics['eval/accuracy'] }))
    .reduce<{ epoch: number; accuracy: number } | undefined>(
      (best, one) => (best === undefined || one.accuracy > best.accuracy ? one : best),
      undefined,
    );
}
