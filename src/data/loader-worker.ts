/** @file A thread of the loader's pool: augments the images it is told to, straight into the batch's shared memory. */
import { Piscina } from 'piscina';
import { Augmenter, type Normalization, type Preset } from './augment/index.js';

/** What a thread is given once. */
export interface WorkerSetup {
  /** [count, ...sourceSize, 3], on shared memory. */
  images: Uint8Array;
  preset: Preset;
  sourceSize: readonly [number, number];
  size: readonly [number, number];
  normalization: Normalization;
}

/** Some images of a batch: which, and where their views go. */
export interface Chunk {
  key: readonly [seed: number, epoch: number];
  indices: Int32Array;
  /** The batch, [views, batchSize, ...size, 3], on shared memory. */
  views: Float32Array;
  batchSize: number;
  /** Place in the batch of the first of the images. */
  start: number;
}

const { images, preset, sourceSize, size, normalization } = Piscina.workerData as WorkerSetup;
const augmenter = new Augmenter(preset, sourceSize, size, normalization);
const viewLength = size[0] * size[1] * 3;

export default function renderChunk({ key, indices, views, batchSize, start }: Chunk): void {
  indices.forEach((index, i) => {
    for (const view of preset.keys()) {
      augmenter.render(images, index, view, key, views, (view * batchSize + start + i) * viewLength);
    }
  });
}
