/**
 * @file Batches of augmented views, two an image or as many as the preset has, made ahead of training by a pool of threads. Images and batches are
 * shared memory: only indices travel. What a view looks like does not depend on which thread makes it, nor when.
 */
import { Piscina } from 'piscina';
import { UserError } from '../errors.js';
import { Generator } from '../random/index.js';
import { Augmenter, resolvePreset, type Normalization, type Preset, type Range } from './augment/index.js';
import type { Chunk, WorkerSetup } from './loader-worker.js';
import type { ImageSet } from './types.js';

export interface ViewLoaderOptions extends Normalization {
  /** An augmentation, or its name. */
  preset: string | Preset;
  /** Of all ranks together. */
  batchSize: number;
  /** Which of how many ranks makes its share of every batch here; by default the only one. */
  rank?: number;
  worldSize?: number;
  /** With the epoch, it determines the order of the images and all that is drawn for their views. */
  seed: number;
  /** Threads. */
  numWorkers: number;
  /** Area of random crops relative to the image, instead of the preset's own. */
  cropScale?: Range;
  /** Height and width of the views; by default the images'. */
  size?: readonly [number, number];
}

export interface ViewBatch {
  /** [views, N, height, width, 3], normalised; N is this rank's share of the batch: first views, then second views. Valid until the next batch. */
  views: Float32Array;
  /** [N]: which images. */
  indices: Int32Array;
}

/** Batches being made while training uses one. */
const AHEAD = 2;
/** Images a task: a few milliseconds, so that threads share a batch evenly. */
const CHUNK = 16;

/** @example for await (const { views, indices } of loader.batches(epoch)) ... */
export class ViewLoader {
  /** Whole batches an epoch; what is left over waits for an epoch whose order puts it elsewhere. */
  readonly batchesPerEpoch: number;
  private readonly pool: Piscina<Chunk, void>;
  private readonly slots: Float32Array[];
  /** Images of each batch that are made here. */
  private readonly share: number;

  /** @throws UserError for an unknown preset, views that cannot be cut, or a batch larger than the set. */
  constructor(
    private readonly set: ImageSet,
    private readonly options: ViewLoaderOptions,
  ) {
    const { batchSize, numWorkers, mean, std, size = set.size, cropScale } = options;
    checkBatchSize(set, batchSize, options.worldSize);
    this.share = batchSize / (options.worldSize ?? 1);
    this.batchesPerEpoch = Math.floor(set.count / batchSize);
    const setup: WorkerSetup = {
      images: set.images,
      preset: resolvePreset(options.preset, cropScale),
      sourceSize: set.size,
      size,
      normalization: { mean, std },
    };
    // Checks here what would fail in every thread.
    new Augmenter(setup.preset, setup.sourceSize, setup.size, setup.normalization);
    this.pool = new Piscina<Chunk, void>({
      filename: new URL('loader-worker.js', import.meta.url).href,
      workerData: setup,
      minThreads: numWorkers,
      maxThreads: numWorkers,
    });
    const bytes = setup.preset.length * this.share * size[0] * size[1] * 3 * Float32Array.BYTES_PER_ELEMENT;
    this.slots = Array.from(
      { length: AHEAD + 1 },
      () => new Float32Array(new SharedArrayBuffer(bytes)),
    );
  }

  /** The batches of an epoch from number `first` on. One iteration at a time. */
  async *batches(epoch: number, first = 0): AsyncGenerator<ViewBatch, void, undefined> {
    const { seed, batchSize, rank = 0 } = this.options;
    const order = new Generator([seed, epoch]).permutation(this.set.count);
    const made: Promise<ViewBatch>[] = [];
    let next = first;
    const makeAhead = () => {
      for (; made.length < AHEAD && next < this.batchesPerEpoch; next++) {
        // Consecutive shares: all ranks' together, in their order, are the batch of one process.
        const begin = next * batchSize + rank * this.share;
        const indices = order.slice(begin, begin + this.share);
        const batch = this.make(indices, epoch, this.slots[next % this.slots.length]);
        batch.catch(() => undefined); // told where it is awaited
        made.push(batch);
      }
    };
    try {
      makeAhead();
      for (let batch = made.shift(); batch !== undefined; batch = made.shift()) {
        makeAhead();
        yield await batch;
      }
    } finally {
      await Promise.allSettled(made); // the next iteration uses the same memory
    }
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async make(indices: Int32Array, epoch: number, views: Float32Array): Promise<ViewBatch> {
    const { seed } = this.options;
    const batchSize = this.share;
    const tasks: Promise<void>[] = [];
    for (let start = 0; start < batchSize; start += CHUNK) {
      const chunk = indices.slice(start, start + CHUNK);
      tasks.push(this.pool.run({ key: [seed, epoch], indices: chunk, views, batchSize, start }));
    }
    await Promise.all(tasks);
    return { views, indices };
  }
}

/** @throws UserError when one batch needs more images than there are, or cannot be shared by the ranks. */
export function checkBatchSize({ name, count }: ImageSet, batchSize: number, worldSize = 1): void {
  if (batchSize > count) {
    throw new UserError(
      `A batch of ${batchSize} is more than the ${count} training images of ${name}. Set --batch-size to ${count} at most.`,
    );
  }
  if (batchSize % worldSize === 0) return;
  throw new UserError(
    `A batch of ${batchSize} cannot be shared evenly by ${worldSize} ranks. Set --batch-size to a multiple of ${worldSize}.`,
  );
}
