/** @file What an arm's pictures pass through: a ResNet from a file, one of random weights, or a shallow network. */
import {
  ConvNet,
  createEncoder,
  loadEncoder,
  loadSafetensors,
  ResNet,
  type Module,
} from '../encoders/index.js';
import { CheckpointMismatchError } from '../errors.js';
import type { Generator } from '../random/index.js';
import { tf } from '../tensor/index.js';
import type { Arm } from './arms.js';
import type { Colours, PictureSize } from './pictures.js';

/** Of the random encoder, when there is no other to be like: a ResNet-18 of a quarter of the width. */
const DEFAULT = { arch: 'resnet18', stem: 'imagenet', width: 16 } as const;
/** Mean and deviation of colours for networks from scratch, and encoders whose files do not tell theirs. */
const NEUTRAL: Colours = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

/** An encoder as agents use it. */
export interface PictureNetwork extends Colours {
  /** What of it can learn. */
  module: Module;
  /** The pictures of an observation are one image's channels; else each is an image of its own. */
  together: boolean;
  /** Numbers of an image's features. */
  featureDim: number;
  /** Images [n, height, width, channels] to features [n, featureDim]. Run inside `tf.tidy` or a gradient. */
  forward(images: tf.Tensor4D): tf.Tensor2D;
  dispose(): void;
}

export interface PictureNetworkOptions extends PictureSize {
  /** Pictures of an observation. */
  stack: number;
  /** Of a ResNet: the stage that is read (1-4), the last one without it. */
  layer?: number;
  /** Of a ResNet: its activations are averaged over each of grid x grid fields. */
  grid: number;
  /** Draws weights that come from no file. */
  rng: Generator;
}

/** @throws UserError for a file that cannot be read or does not fit, or a grid that does not. */
export function pictureNetwork(arm: Arm, o: PictureNetworkOptions): PictureNetwork {
  if (arm.kind === 'scratch') {
    const network = new ConvNet({ inputChannels: 3 * o.stack, ...o });
    const { featureDim } = network;
    const [forward, dispose] = [network.forward.bind(network), network.dispose.bind(network)];
    return { ...NEUTRAL, module: network, together: true, featureDim, forward, dispose };
  }
  const { encoder, ...colours } = encoderOf(arm, o.rng);
  const forward = (images: tf.Tensor4D) => encoder.forward(images, { training: false, ...o });
  const featureDim = tf.tidy(() => forward(tf.zeros([1, ...o.size, 3])).shape[1]);
  const dispose = encoder.dispose.bind(encoder);
  return { ...colours, module: encoder.upTo(o.layer), together: false, featureDim, forward, dispose };
}

function encoderOf(arm: Arm, rng: Generator): Colours & { encoder: ResNet } {
  const path = arm.path ?? arm.like;
  if (path === undefined) return { encoder: createEncoder(DEFAULT.arch, { ...DEFAULT, rng }), ...NEUTRAL };
  const { metadata } = loadSafetensors(path);
  const numbers = (text?: string) => text?.split(',').map(Number);
  const colours = { mean: numbers(metadata.mean) ?? NEUTRAL.mean, std: numbers(metadata.std) ?? NEUTRAL.std };
  const encoder = loadEncoder(path);
  const { config } = encoder;
  if (config.inputChannels !== 3) {
    encoder.dispose();
    throw new CheckpointMismatchError(
      `${path} takes ${config.inputChannels} channels, agents see RGB pictures of 3. Give an encoder of RGB images.`,
    );
  }
  if (arm.kind !== 'random') return { encoder, ...colours };
  encoder.dispose();
  return { encoder: new ResNet({ ...config, rng }), ...colours };
}
