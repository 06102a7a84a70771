/** @file Pictures through a frozen encoder: each picture becomes one embedding, computed once and then remembered. */
import { createEncoder, loadEncoder, loadSafetensors, ResNet } from '../encoders/index.js';
import { CheckpointMismatchError } from '../errors.js';
import type { Space } from '../envs/index.js';
import type { Generator } from '../random/index.js';
import { readFloats, tf } from '../tensor/index.js';
import type { Arm } from './arms.js';
import { pictureSize, type Sensor } from './sensors.js';

/** Of the random encoder, when there is no other to be like: a ResNet-18 of a quarter of the width. */
const DEFAULT = { arch: 'resnet18', stem: 'imagenet', width: 16 } as const;
/** Mean and deviation of colours for encoders whose files do not tell theirs. */
const NEUTRAL = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

export class EncoderSensor implements Sensor {
  readonly frameSize: number;
  readonly dtype = 'float32';
  private readonly size: [height: number, width: number];
  /** Of a byte v: v * scale + shift, for each colour. */
  private readonly scale: number[];
  private readonly shift: number[];

  /**
   * @param layer stage whose mean activations are read (1-4); the last one without it
   * @throws UserError when the observations are not pictures.
   */
  constructor(
    private readonly encoder: ResNet,
    space: Space,
    { mean, std }: { mean: readonly number[]; std: readonly number[] },
    private readonly layer?: number,
  ) {
    this.size = pictureSize(space);
    this.scale = std.map((deviation) => 1 / (255 * deviation));
    this.shift = std.map((deviation, i) => -mean[i] / deviation);
    this.frameSize = this.sense(new Uint8Array(space.flatSize), 1).length;
  }

  sense(observations: unknown, n: number): Float32Array {
    const bytes = observations as Uint8Array;
    const pixels = new Float32Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) pixels[i] = bytes[i] * this.scale[i % 3] + this.shift[i % 3];
    const { encoder, layer, size } = this;
    return tf.tidy(() =>
      readFloats(encoder.forward(tf.tensor4d(pixels, [n, ...size, 3]), { training: false, layer })),
    );
  }
}

/** The encoder of an arm, and how it wants colours normalised. @throws CheckpointMismatchError for other channels than 3. */
export function encoderOf(arm: Arm, rng: Generator) {
  const path = arm.path ?? arm.like;
  if (path === undefined) return { encoder: createEncoder(DEFAULT.arch, { ...DEFAULT, rng }), ...NEUTRAL };
  const { metadata } = loadSafetensors(path);
  const numbers = (text?: string) => text?.split(',').map(Number);
  const colours = { mean: numbers(metadata.mean) ?? NEUTRAL.mean, std: numbers(metadata.std) ?? NEUTRAL.std };
  const encoder = loadEncoder(path);
  const { config } = encoder;
  if (config.inputChannels !== 3) {
    throw new CheckpointMismatchError(
      `${path} takes ${config.inputChannels} channels, agents see RGB pictures of 3.`,
    );
  }
  if (arm.kind !== 'random') return { encoder, ...colours };
  encoder.dispose();
  return { encoder: new ResNet({ ...config, rng }), ...colours };
}
