/** @file Images to features, the encoder being frozen: BatchNorm in evaluation mode, and a proof that nothing moved. */
import { normalizeImages, type Channels, type ImageSet } from '../data/index.js';
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
 * @returns [set.count, dim], row-major
 */
export async function forEachImage(
  set: ImageSet,
  normalization: Normalization,
  forward: (images: tf.Tensor4D) => tf.Tensor2D,
): Promise<Float32Array> {
  const [height, width] = set.size;
  let all = new Float32Array(0);
  for (let start = 0; start < set.count; start += BATCH) {
    const size = Math.min(BATCH, set.count - start);
    const indices = Int32Array.from({ length: size }, (_, i) => start + i);
    const images = tf.tensor4d(normalizeImages(set, indices, normalization), [size, height, width, 3]);
    const outputs = tf.tidy(() => forward(images));
    const dim = outputs.shape[1];
    if (start === 0) all = new Float32Array(set.count * dim);
    all.set(await outputs.data(), start * dim);
    tf.dispose([images, outputs]);
  }
  return all;
}

/**
 * Features of all images of a set, un-augmented.
 * @example const bank = await embed(encoder, data.train, data);
 */
export async function embed(
  encoder: ResNet,
  set: ImageSet,
  normalization: Normalization,
): Promise<LabelledFeatures> {
  const features = await forEachImage(set, normalization, (images) =>
    encoder.forward(images, { training: false }),
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
