/**
 * @file An encoder that learns with the agent. It runs in the engine, the heads do not: features go out to them, their
 * gradient comes back in.
 *
 * BatchNorm stays in evaluation mode: what an agent sees comes in small batches of frames that are much alike, and acting,
 * learning and the target network must see the same. Scales and shifts are learnt, statistics stay those of pretraining.
 */
import type { Generator } from '../random/index.js';
import { readFloats, tf } from '../tensor/index.js';
import { gradientsOf } from '../training/index.js';
import type { Body } from './body.js';
import { TrainableModule } from './networks/index.js';
import type { PictureNetwork } from './picture-network.js';
import { drawShifts, PictureReader, type PictureSize } from './pictures.js';
import type { Frames } from './replay/index.js';

/** Pixels, as in DrQ (Yarats et al. 2020, https://arxiv.org/abs/2004.13649). */
const MOST_SHIFT = 4;

export class EncoderBody implements Body {
  readonly featureSize: number;
  readonly trainable: TrainableModule;
  readonly generators: Readonly<Record<string, Generator>>;
  private readonly pictures: PictureReader;

  /**
   * @param shape of an input row
   * @param shifts draws random shifts of what is learnt from; without it there are none
   */
  constructor(
    private readonly network: PictureNetwork,
    shape: PictureSize & { stack: number },
    private readonly shifts?: Generator,
  ) {
    this.pictures = new PictureReader({ ...shape, ...network });
    this.featureSize = (network.featureDim * shape.stack * 3) / this.pictures.channels;
    this.trainable = new TrainableModule(network.module);
    this.generators = shifts === undefined ? {} : { shift: shifts };
  }

  features(inputs: Frames, n: number): Float32Array {
    return tf.tidy(() => readFloats(this.network.forward(this.pictures.read(inputs, n))));
  }

  train(inputs: Frames, n: number, learn: (features: Float32Array) => Float32Array): void {
    const { network, pictures, shifts } = this;
    const images = pictures.read(inputs, n, shifts && drawShifts(shifts, n, MOST_SHIFT));
    const { value, grads } = gradientsOf(() => {
      const features = network.forward(images);
      // The gradient of this sum is the network's, for the gradient of its features that `learn` gives.
      const byFeatures = tf.tensor2d(learn(readFloats(features)), features.shape);
      return tf.sum(tf.mul(features, byFeatures));
    }, network.module.parameters);
    this.trainable.setGradients(grads);
    tf.dispose([value, images]);
  }

  follow(source: Body, tau = 1): void {
    this.trainable.follow((source as EncoderBody).trainable, tau);
  }

  /** Frees the encoder too. */
  dispose(): void {
    this.trainable.dispose();
    this.network.dispose();
  }
}
