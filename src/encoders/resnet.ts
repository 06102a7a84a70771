/**
 * @file ResNets (He et al. 2016) as torchvision builds them: same names, strides, paddings and initial weights.
 * One class covers all: basic or bottleneck blocks, any depth, any width, the ImageNet or the CIFAR stem.
 */
import { UserError, unknownName } from '../errors.js';
import type { Generator } from '../random/index.js';
import { averagePoolGrid, conv2d, globalAveragePool, maxPool, tf } from '../tensor/index.js';
import { BaseModule, type ForwardOptions, type Module } from './module.js';

/** `imagenet`: 7x7 stride 2, then 3x3 max pooling stride 2. `cifar`: 3x3 stride 1, no pooling (for 32x32 images). */
export type Stem = 'imagenet' | 'cifar';

/** All that determines a ResNet's shape; goes into encoder files as JSON. */
export interface ResNetConfig {
  block: 'basic' | 'bottleneck';
  /** Blocks in each of the four stages. */
  blocks: readonly number[];
  /** Channels of the stem and of the first stage; every later stage doubles them. */
  width: number;
  stem: Stem;
  inputChannels: number;
}

const EXPANSION = { basic: 1, bottleneck: 4 };

/** The architectures by name; `resnet50x2` has twice the channels everywhere (as VICReg's and SwAV's). */
export const ARCHITECTURES: Readonly<Record<string, Pick<ResNetConfig, 'block' | 'blocks' | 'width'>>> = {
  resnet18: { block: 'basic', blocks: [2, 2, 2, 2], width: 64 },
  resnet34: { block: 'basic', blocks: [3, 4, 6, 3], width: 64 },
  resnet50: { block: 'bottleneck', blocks: [3, 4, 6, 3], width: 64 },
  resnet101: { block: 'bottleneck', blocks: [3, 4, 23, 3], width: 64 },
  resnet50x2: { block: 'bottleneck', blocks: [3, 4, 6, 3], width: 128 },
};

interface Block {
  name: string;
  stride: number;
  downsample: boolean;
}

/** A convolutional encoder: images [N, H, W, C] to features [N, featureDim]. */
export class ResNet extends BaseModule {
  readonly config: ResNetConfig;
  /** Length of a feature vector. */
  readonly featureDim: number;
  private readonly stages: Block[][] = [];

  /**
   * @param o.rng draws the initial weights; without it they are zero, to be loaded from a file
   * @param o.zeroInitResidual start every block as the identity: its last BatchNorm scales by 0 (Goyal et al. 2017)
   */
  constructor(
    o: Omit<ResNetConfig, 'inputChannels'> & {
      inputChannels?: number;
      rng?: Generator;
      zeroInitResidual?: boolean;
    },
  ) {
    super(o.rng);
    const { block, blocks, width, stem, inputChannels = 3 } = o;
    if (!Number.isInteger(width) || width < 1) {
      throw new UserError(`A ResNet's width must be a whole number from 1, got ${width}.`);
    }
    if (stem !== 'imagenet' && stem !== 'cifar')
      throw unknownName('stem', String(stem), ['imagenet', 'cifar']);
    this.config = { block, blocks: [...blocks], width, stem, inputChannels };
    this.addConv('conv1', stem === 'imagenet' ? 7 : 3, inputChannels, width);
    this.addBatchNorm('bn1', width);
    let channels = width;
    blocks.forEach((count, stage) => {
      const inner = width * 2 ** stage;
      const names = Array.from({ length: count }, (_, i) => `layer${stage + 1}.${i}`);
      this.stages.push(
        names.map((name, i) => {
          const stride = stage > 0 && i === 0 ? 2 : 1;
          const added = this.addBlock(name, channels, inner, stride, o.zeroInitResidual ?? true);
          channels = inner * EXPANSION[block];
          return added;
        }),
      );
    });
    this.featureDim = channels;
  }

  /**
   * Features of images: [N, H, W, C] float32 to [N, featureDim]. Run inside `tf.tidy` or a gradient.
   * @param o.layer stop after this stage (1-4) and average its activations, for probes of earlier layers
   * @param o.grid average over each of grid x grid fields of the image instead of all of it, [N, grid * grid * channels]
   * @throws UserError when a stage's activations cannot be cut into such a grid.
   */
  forward(x: tf.Tensor4D, o: ForwardOptions & { layer?: number; grid?: number }): tf.Tensor2D {
    let y = tf.tidy(() => {
      const imagenet = this.config.stem === 'imagenet';
      const convolved = this.conv('conv1', x, imagenet ? 2 : 1);
      const activated = this.batchNorm('bn1', convolved, o, { relu: true });
      return imagenet ? maxPool(activated, 3, 2, 1) : activated;
    });
    for (const block of this.stages.slice(0, o.layer).flat()) {
      // A scope a block: what the gradient does not save is freed at once, not at the end of the pass.
      const next = tf.tidy(() => this.block(block, y, o));
      y.dispose();
      y = next;
    }
    const { grid = 1 } = o;
    const features = grid === 1 ? globalAveragePool(y) : averagePoolGrid(y, grid);
    y.dispose();
    return features;
  }

  /** What a pass to the end of a stage (1-4) uses; all of it without one. */
  upTo(layer = this.stages.length): Module {
    const later = this.stages.slice(layer).flat();
    const isUsed = ([name]: [string, tf.Variable]) =>
      !later.some((block) => name.startsWith(`${block.name}.`));
    return {
      parameters: new Map([...this.parameters].filter(isUsed)),
      buffers: new Map([...this.buffers].filter(isUsed)),
    };
  }

  private addBlock(name: string, inputs: number, inner: number, stride: number, zeroInit: boolean): Block {
    const outputs = inner * EXPANSION[this.config.block];
    const lastScale = zeroInit ? 0 : 1;
    if (this.config.block === 'basic') {
      this.addConv(`${name}.conv1`, 3, inputs, inner);
      this.addBatchNorm(`${name}.bn1`, inner);
      this.addConv(`${name}.conv2`, 3, inner, outputs);
      this.addBatchNorm(`${name}.bn2`, outputs, lastScale);
    } else {
      this.addConv(`${name}.conv1`, 1, inputs, inner);
      this.addBatchNorm(`${name}.bn1`, inner);
      this.addConv(`${name}.conv2`, 3, inner, inner);
      this.addBatchNorm(`${name}.bn2`, inner);
      this.addConv(`${name}.conv3`, 1, inner, outputs);
      this.addBatchNorm(`${name}.bn3`, outputs, lastScale);
    }
    const downsample = stride !== 1 || inputs !== outputs;
    if (downsample) {
      this.addConv(`${name}.downsample.0`, 1, inputs, outputs);
      this.addBatchNorm(`${name}.downsample.1`, outputs);
    }
    return { name, stride, downsample };
  }

  private block({ name, stride, downsample }: Block, x: tf.Tensor4D, o: ForwardOptions): tf.Tensor4D {
    const unit = (i: number, input: tf.Tensor4D, unitStride = 1, residual?: tf.Tensor) =>
      this.batchNorm(`${name}.bn${i}`, this.conv(`${name}.conv${i}`, input, unitStride), o, {
        relu: true,
        residual,
      });
    const residual = downsample
      ? this.batchNorm(`${name}.downsample.1`, this.conv(`${name}.downsample.0`, x, stride), o)
      : x;
    // Bottlenecks put the stride on the 3x3 convolution, as torchvision ("ResNet v1.5").
    return this.config.block === 'basic'
      ? unit(2, unit(1, x, stride), 1, residual)
      : unit(3, unit(2, unit(1, x), stride), 1, residual);
  }

  /** A convolution that keeps the size at stride 1: padded by half its filter. */
  private conv(name: string, x: tf.Tensor4D, stride: number): tf.Tensor4D {
    const filter = this.weight<tf.Tensor4D>(`${name}.weight`);
    return conv2d(x, filter, stride, filter.shape[0] >> 1);
  }
}

/**
 * A new encoder of a named architecture.
 * @throws UserError for an unknown architecture (with the nearest known name), stem or width.
 * @example createEncoder('resnet18', { stem: 'cifar', rng: new Generator(0) })
 */
export function createEncoder(
  arch: string,
  o: { stem: Stem; width?: number; rng: Generator; inputChannels?: number; zeroInitResidual?: boolean },
): ResNet {
  if (!Object.hasOwn(ARCHITECTURES, arch))
    throw unknownName('architecture', arch, Object.keys(ARCHITECTURES));
  const { width, ...rest } = ARCHITECTURES[arch];
  return new ResNet({ ...rest, ...o, width: o.width ?? width });
}
