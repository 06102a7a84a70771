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
import { drawShifts, FLOW_GAIN, PictureReader, shiftPictures, type PictureSize } from './pictures.js';
import type { Frames } from './replay/index.js';

/** Of an input row. */
export interface RowShape extends PictureSize {
  /** Pictures. */
  stack: number;
  /** Earlier pictures, or their features where each picture has its own, are seen as how they changed to the next. */
  flow?: boolean;
}

/** Of the side: the 4 of 84 pixels of DrQ (Yarats et al. 2020, https://arxiv.org/abs/2004.13649). */
const MOST_SHIFT = 4 / 84;

export class EncoderBody implements Body {
  readonly featureSize: number;
  readonly trainable: TrainableModule;
  readonly generators: Readonly<Record<string, Generator>>;
  private readonly pictures: PictureReader;
  /** Pixels. */
  private readonly mostShift: number;

  /**
   * @param shifts draws random shifts of what is learnt from; without it there are none
   */
  constructor(
    private readonly network: PictureNetwork,
    private readonly shape: RowShape,
    private readonly shifts?: Generator,
  ) {
    this.pictures = new PictureReader({ ...shape, ...network });
    this.mostShift = Math.round(MOST_SHIFT * shape.size[0]);
    this.featureSize = (network.featureDim * shape.stack * 3) / this.pictures.channels;
    this.trainable = new TrainableModule(network.module);
    this.generators = shifts === undefined ? {} : { shift: shifts };
  }

  augment(inputs: Frames, n: number): Frames {
    if (this.shifts === undefined) return inputs;
    return shiftPictures(inputs, this.shape, drawShifts(this.shifts, n, this.mostShift));
  }

  features(inputs: Frames, n: number): Float32Array {
    return tf.tidy(() => readFloats(this.forward(this.pictures.read(inputs, n), n)));
  }

  train(inputs: Frames, n: number, learn: (features: Float32Array) => Float32Array): void {
    const { network } = this;
    const images = this.pictures.read(inputs, n);
    const { value, grads } = gradientsOf(() => {
      const features = this.forward(images, n);
      // The gradient of this sum is the network's, for the gradient of its features that `learn` gives.
      const byFeatures = tf.tensor2d(learn(readFloats(features)), features.shape);
      return tf.sum(tf.mul(features, byFeatures));
    }, network.module.parameters);
    this.trainable.setGradients(grads);
    tf.dispose([value, images]);
  }

  /** Features [n, featureSize] of the images of n rows. */
  private forward(images: tf.Tensor4D, n: number): tf.Tensor2D {
    const { network, shape, featureSize } = this;
    const { stack } = shape;
    const features = network.forward(images);
    if (network.together || stack === 1 || shape.flow !== true) return tf.reshape(features, [n, featureSize]);
    const all = tf.reshape<tf.Rank.R3>(features, [n, stack, network.featureDim]);
    const part = (from: number, count: number) => tf.slice(all, [0, from, 0], [-1, count, -1]);
    const changes = tf.mul(FLOW_GAIN, tf.sub(part(1, stack - 1), part(0, stack - 1)));
    return tf.reshape(tf.concat([changes, part(stack - 1, 1)], 1), [n, featureSize]);
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
