/**
 * @file The shallow network that agents learn to see with from scratch: two convolutions, as in the first DQN (Mnih et
 * al. 2013, https://arxiv.org/abs/1312.5602) and IMPALA's small network. All activations are the features, so where
 * something is stays known.
 */
import { UserError } from '../errors.js';
import type { Generator } from '../random/index.js';
import { conv2d, tf } from '../tensor/index.js';
import { BaseModule } from './module.js';

const LAYERS = [
  { size: 8, stride: 4, channels: 16 },
  { size: 4, stride: 2, channels: 32 },
];

export class ConvNet extends BaseModule {
  readonly featureDim: number;

  /**
   * @param o.size height and width of the images in pixels
   * @throws UserError for images too small to be seen.
   */
  constructor(o: { inputChannels: number; size: readonly [number, number]; rng: Generator }) {
    super(o.rng);
    let channels = o.inputChannels;
    let size = [...o.size];
    LAYERS.forEach((layer, i) => {
      this.addConv(String(2 * i), layer.size, channels, layer.channels, true);
      size = size.map((extent) => Math.floor((extent - layer.size) / layer.stride) + 1);
      channels = layer.channels;
    });
    if (Math.min(...size) < 1) {
      throw new UserError(
        `Pictures of ${o.size.join('x')} pixels are too small for an encoder from scratch: expected at least 20x20.`,
      );
    }
    this.featureDim = size[0] * size[1] * channels;
  }

  /** Images [N, H, W, C] to [N, featureDim]. Run inside `tf.tidy` or a gradient. */
  forward(x: tf.Tensor4D): tf.Tensor2D {
    const y = LAYERS.reduce((input, { stride }, i) => {
      const convolved = conv2d(input, this.weight<tf.Tensor4D>(`${2 * i}.weight`), stride, 0);
      return tf.relu(tf.add<tf.Tensor4D>(convolved, this.weight(`${2 * i}.bias`)));
    }, x);
    return tf.reshape(y, [x.shape[0], this.featureDim]);
  }
}
