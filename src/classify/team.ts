/**
 * @file An evaluation on many ranks. Rank 0 leads: it alone chooses, looks at the disk and says what comes next. The
 * others do their part of what all do together: features of images, training with labels, pretraining.
 */
import { selectImages, stratifiedIndices, type ImageSet } from '../data/index.js';
import { broadcastValue, broadcastVariables, type Communicator } from '../ddp/index.js';
import { moduleVariables, ResNet, type ResNetConfig } from '../encoders/index.js';
import { DivergedError } from '../errors.js';
import { Run } from '../runs/index.js';
import { embed, type Normalization } from './embed.js';
import type { LabelledFeatures } from './knn.js';
import type { DevelopmentData } from './test-set.js';
import { trainWithLabels, type LabelTrained, type LabelTraining, type StageContext } from './train.js';

/** How a training with labels is told to other ranks: the images by the part of the labels that may be used. */
export type StageRequest = Omit<LabelTraining, 'train' | 'data'> & {
  part?: { labels: number; seed: number };
};

/** A pretraining as data; the command knows what it means. */
export type PretrainOrder = Readonly<Record<string, unknown>>;

/** What rank 0 tells the others to take part in. */
type Order =
  | { embed: 'train' | 'heldOut' | 'test'; encoder: ResNetConfig }
  | { train: Omit<StageRequest, 'encoder'>; encoder: ResNetConfig; folder: { expDir: string; name: string } }
  | { pretrain: PretrainOrder }
  | { wait: true }
  | { end: true };

export interface TeamParts extends StageContext {
  communicator: Communicator;
  data: DevelopmentData;
  /** Test images; their labels are sealed. */
  testImages: ImageSet;
  /** Pretrains on all ranks; whether it came to its end. */
  pretrain: (order: PretrainOrder) => Promise<boolean>;
}

export class Team {
  constructor(private readonly parts: TeamParts) {}

  get leads(): boolean {
    return this.parts.communicator.rank === 0;
  }

  /** Rank 0: features of all images of a set of the evaluation. */
  async embed(encoder: ResNet, set: ImageSet): Promise<LabelledFeatures> {
    const { data, testImages } = this.parts;
    const sets = { train: data.train, heldOut: data.heldOut, test: testImages };
    const name = Object.entries(sets).find(([, own]) => own === set)![0] as keyof typeof sets;
    this.tell({ embed: name, encoder: encoder.config });
    return this.embedTogether(encoder, set);
  }

  /** Rank 0: `trainWithLabels`, on all ranks. */
  async train(request: StageRequest, run: Run): Promise<LabelTrained | undefined> {
    const { encoder, ...rest } = request;
    const { expDir, name } = run;
    this.tell({ train: rest, encoder: encoder.config, folder: { expDir, name } });
    return this.trainTogether(request, run);
  }

  /** Rank 0: pretrains on all ranks. @returns whether it came to its end */
  pretrain(order: PretrainOrder): Promise<boolean> {
    this.tell({ pretrain: order });
    return this.parts.pretrain(order);
  }

  /** Rank 0, now and then while it works alone: it is alive. */
  keepWaiting(): void {
    this.tell({ wait: true });
  }

  /** Rank 0: nothing comes any more. */
  end(): void {
    this.tell({ end: true });
  }

  /** The other ranks: does what rank 0 says, until its end. */
  async follow(): Promise<void> {
    for (;;) {
      const order = broadcastValue<Order>(this.parts.communicator, { wait: true });
      if ('end' in order) return;
      if ('pretrain' in order) await this.parts.pretrain(order.pretrain);
      else if ('encoder' in order) await this.followWithEncoder(order);
    }
  }

  private async followWithEncoder(order: Extract<Order, { encoder: unknown }>): Promise<void> {
    const { data, testImages } = this.parts;
    const encoder = new ResNet(order.encoder);
    try {
      if ('embed' in order) {
        const sets = { train: data.train, heldOut: data.heldOut, test: testImages };
        await this.embedTogether(encoder, sets[order.embed]);
      } else {
        const run = Run.at(order.folder.expDir, order.folder.name);
        const trained = await this.trainTogether({ ...order.train, encoder }, run);
        trained?.last.head.dispose();
      }
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error; // rank 0 sees it, too, and goes on with the next setting
    } finally {
      encoder.dispose();
    }
  }

  private tell(order: Order): void {
    broadcastValue(this.parts.communicator, order);
  }

  private embedTogether(encoder: ResNet, set: ImageSet): Promise<LabelledFeatures> {
    const { communicator, data } = this.parts;
    broadcastVariables(communicator, moduleVariables(encoder).values());
    return embed(encoder, set, data satisfies Normalization, communicator);
  }

  private trainTogether({ part, ...request }: StageRequest, run: Run): Promise<LabelTrained | undefined> {
    const { communicator, data } = this.parts;
    broadcastVariables(communicator, moduleVariables(request.encoder).values());
    const { train } = data;
    const images =
      part === undefined ? train : selectImages(train, stratifiedIndices(train, part.labels, part.seed));
    return trainWithLabels({ ...request, train: images, data }, run, this.parts);
  }
}
