/** @file The golden nets: torchvision ResNets of width 8 with inputs, features, gradients and running statistics. */
import { join } from 'node:path';
import {
  importModule,
  loadSafetensors,
  ResNet,
  toFloat32,
  type Stem,
  type StoredTensor,
} from '../../src/encoders/index.js';
import { PROJECT_ROOT } from '../../src/files.js';
import { tf } from '../../src/tensor/index.js';

export const GOLDEN_NETS = ['resnet_basic_cifar', 'resnet_bottleneck_imagenet'] as const;

export interface GoldenNet {
  encoder: ResNet;
  /** PyTorch's values by name; NCHW and OIHW. */
  values: Map<string, Float32Array>;
  batch: number;
  /** [N, 32, 32, 3] */
  x: tf.Tensor4D;
  lossWeight: tf.Tensor2D;
}

/** Builds a golden net with PyTorch's weights and fresh running statistics. */
export function loadGolden(name: (typeof GOLDEN_NETS)[number]): GoldenNet {
  const path = join(PROJECT_ROOT, 'test', 'golden', `${name}.safetensors`);
  const { tensors, metadata } = loadSafetensors(path);
  const encoder = new ResNet({
    block: metadata.block === 'BasicBlock' ? 'basic' : 'bottleneck',
    blocks: JSON.parse(metadata.blocks) as number[],
    width: Number(metadata.width),
    stem: metadata.stem as Stem,
  });
  const initial = new Map<string, StoredTensor>();
  for (const [key, tensor] of tensors) if (key.startsWith('param.')) initial.set(key.slice(6), tensor);
  for (const [key, { shape }] of encoder.buffers) {
    const data = new Float32Array(shape[0]).fill(key.endsWith('var') ? 1 : 0);
    initial.set(key, { dtype: 'F32', shape, data });
  }
  importModule(encoder, initial, path);
  const values = new Map([...tensors].map(([key, tensor]) => [key, toFloat32(tensor)!]));
  const batch = Number(metadata.batch);
  const x = tf.tidy(() => tf.transpose(tf.tensor4d(values.get('x')!, [batch, 3, 32, 32]), [0, 2, 3, 1]));
  const lossWeight = tf.tensor2d(values.get('loss_weight')!, [batch, encoder.featureDim]);
  return { encoder, values, batch, x, lossWeight };
}

/** |a - b| / |b| in the L2 norm; absolute where b vanishes. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`expected ${b.length} values, got ${a.length}`);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    norm += b[i] ** 2;
  }
  return Math.sqrt(difference / (norm || 1));
}

/** A filter's or image's axes in PyTorch's order, flat. */
export function torchOrder(tensor: tf.Tensor, kind: 'filter' | 'image'): Float32Array {
  return tf.tidy(() => {
    if (tensor.rank !== 4) return tensor.dataSync();
    return tf.transpose(tensor, kind === 'filter' ? [3, 2, 0, 1] : [0, 3, 1, 2]).dataSync();
  }) as Float32Array;
}
