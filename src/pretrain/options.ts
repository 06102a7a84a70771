/** @file Every setting of pretraining, once: its flag, type, bounds, default and meaning. */
import { ARCHITECTURES } from '../encoders/index.js';
import { PAIR_AUGMENTATIONS } from '../data/index.js';
import { flag, integer, number, optional, range, text, type ConfigOf } from '../runs/index.js';
import { SESSION_OPTIONS } from '../training/index.js';
import { METHODS } from './methods/index.js';

export const OPTIONS = {
  method: text('self-supervised method', 'vicreg', Object.keys(METHODS)),
  arch: text('encoder', 'resnet18', Object.keys(ARCHITECTURES)),
  stem: text('imagenet (7x7 stride 2, max-pool) or cifar (3x3)', 'cifar', ['imagenet', 'cifar']),
  width: optional(integer("channels of the first stage (the architecture's own)", 64, 1, 1024)),
  zeroInitResidual: flag('start every residual block as the identity', true),
  mlp: text("sizes of the projector's layers", '2048-2048-2048'),
  epochs: integer('passes over the training images', 100, 1),
  batchSize: integer('images a step, two views each', 256, 2),
  baseLr: number('learning rate at batch 256; multiplied by batch / 256', 0.3, 0),
  wd: number('weight decay (not of biases and BatchNorm)', 1e-4, 0),
  optimizer: text('update rule', 'lars', ['lars', 'sgd', 'adam', 'adamw']),
  momentum: number('momentum of LARS and SGD', 0.9, 0, 0.9999),
  eta: number('trust coefficient of LARS', 0.02, 0),
  clipLr: flag('LARS: no layer learns faster than at the learning rate itself', true),
  warmupEpochs: number('epochs of linear warm-up, then cosine to 0', 10, 0),
  simCoeff: number('weight of the invariance term', 25, 0),
  stdCoeff: number('weight of the variance term', 25, 0),
  covCoeff: number('weight of the covariance term', 1, 0),
  augmentation: text(
    'preset of the two views (of frames of an environment: frames)',
    'vicreg',
    PAIR_AUGMENTATIONS,
  ),
  cropScale: optional(range("area of random crops, such as 0.2-1 (the preset's own)", [0.2, 1])),
  evalRunAt: integer('evaluate every so many epochs, and after the last', 1, 1),
  ...SESSION_OPTIONS,
};

/** A resolved config: a value for each option. */
export type PretrainConfig = ConfigOf<typeof OPTIONS>;
