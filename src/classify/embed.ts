/** @file Images to features, the encoder being frozen: BatchNorm in evaluation mode, and a proof that nothing moved. */
import { setImmediate } from 'node:timers/promises';
import { normalizeImages, type Channels, type ImageSet } from '../data/index.js';
import { shareOf, SoloCommunicator, type Communicator } from '../ddp/index.js';
import { hashModule, type Module, type ResNet } from '../encoders/index.js';
import { EncodergymError } from '../errors.js';
import { tf } from '../tensor/index.js';
import type { LabelledFeatures } from './knn.js';

/** Mean and standard deviation that images are normalised with. */
export interface Normalization {
  readonly mean: Channels;
  readonly std: Channels;
}

const BATCH = 256;

/**
 * Runs a network over a whole set in evaluation mode.
 * @param forward normalised images [N, H, W, 3] to [N, dim], in `tf.tidy`
 * @param communicator all its ranks call this, and each computes its share
 * @returns [set.count, dim], row-major
 */
export async function forEachImage(
  set: ImageSet,
  normalization: Normalization,
  forward: (images: tf.Tensor4D) => tf.Tensor2D,
  communicator: Communicator = new SoloCommunicator(),
): Promise<Float32Array> {
  const [height, width] = set.size;
  const { begin, end, size: share } = shareOf(communicator, set.count);
  let own = new Float32Array(0);
  for (let start = begin; start < end; start += BATCH) {
    const size = Math.min(BATCH, end - start);
    const indices = Int32Array.from({ length: size }, (_, i) => start + i);
    const images = tf.tensor4d(normalizeImages(set, indices, normalization), [size, height, width, 3]);
    const outputs = tf.tidy(() => forward(images));
    const dim = outputs.shape[1];
    if (start === begin) own = new Float32Array(share * dim);
    own.set(await outputs.data(), (start - begin) * dim);
    tf.dispose([images, outputs]);
    // Signals and timers are heard between batches.
    await setImmediate();
  }
  if (communicator.worldSize === 1) return own;
  const length = Float64Array.of(own.length);
  communicator.broadcast(length); // the last ranks may have no share at all
  if (own.length === 0) own = new Float32Array(length[0]);
  const all = new Float32Array(communicator.worldSize * own.length);
  communicator.allGather(own, all);
  // What pads the last ranks' shares comes after the last image.
  return all.subarray(0, set.count * (own.length / share));
}

/**
 * Features of all images of a set, un-augmented.
 * @example const bank = await embed(encoder, data.train, data);
 */
export async function embed(
  encoder: ResNet,
  set: ImageSet,
  normalization: Normalization,
  communicator?: Communicator,
): Promise<LabelledFeatures> {
  const features = await forEachImage(
    set,
    normalization,
    (images) => encoder.forward(images, { training: false }),
    communicator,
  );
  return { features, labels: set.labels, count: set.count };
}

/**
 * Does `work` and compares the module's weights and BatchNorm buffers before and after.
 * @returns what `work` gave, and the SHA-256 that was the same both times
 * @throws EncodergymError when anything in the module has changed.
 */
export async function keepFrozen<T>(
  module: Module,
  work: () => Promise<T>,
): Promise<{ result: T; hash: string }> {
  const before = await hashModule(module);
  const result = await work();
  const after = await hashModule(module);
  if (after !== before) {
    throw new EncodergymError(
      `The encoder was to stay frozen, but its weights or BatchNorm statistics have changed (SHA-256 ${before} before, ` +
        `${after} after): the result would not be the encoder's. This is a fault of encodergym.`,
    );
  }
  return { result, hash: before };
}
