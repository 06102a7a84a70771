/** @file Every setting of `npm run eval:classify`, once; and what lists of them mean. */
import { AUGMENTATIONS } from '../data/index.js';
import { headSizes } from '../encoders/index.js';
import { UserError } from '../errors.js';
import { integer, number, optional, optionFlag, text, type ConfigOf } from '../runs/index.js';
import { SESSION_OPTIONS } from '../training/index.js';
import { FROZEN_DEFAULTS, FROZEN_PROTOCOLS, type FrozenOptions } from './protocols.js';

export const PROTOCOLS = [...FROZEN_PROTOCOLS, 'finetune'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

const list = (values: readonly number[]) => values.join(',');
const defaults = FROZEN_DEFAULTS;

export const CLASSIFY_OPTIONS = {
  encoder: text(
    'what is evaluated, joined by commas: ssl, supervised, random, scratch, the path of a ResNet in safetensors, or NAME=PATH',
    'ssl',
  ),
  protocol: text(`joined by commas: ${PROTOCOLS.join(', ')}`, 'linear'),
  labels: text('part of the labels to train on; several joined by commas', '100%'),
  seeds: integer('runs of everything that is random, from --seed on', 1, 1, 100),
  recipe: optional(
    text('config file of pretraining: ssl is pretrained by it for each seed (without: the newest run)', ''),
  ),
  k: text('kNN: neighbours that vote', list(defaults.k)),
  temperature: text('kNN: cosines vote with exp(cosine / temperature)', list(defaults.temperature)),
  solver: text('linear: SGD, or the optimum by L-BFGS', defaults.solver, ['sgd', 'lbfgs']),
  linearEpochs: integer('linear: epochs of SGD', defaults.linearEpochs, 1),
  linearLr: text('linear: learning rates at batch 256', list(defaults.linearLr)),
  linearWd: text('linear: weight decays', list(defaults.linearWd)),
  mlp: text("sizes of the MLP's hidden layers", defaults.hidden.join('-')),
  mlpEpochs: integer('MLP: epochs', defaults.mlpEpochs, 1),
  mlpLr: text('MLP: learning rates at batch 256', list(defaults.mlpLr)),
  mlpWd: text('MLP: weight decays', list(defaults.mlpWd)),
  headBatch: integer('linear, MLP: images a step', defaults.headBatch, 1),
  headAugmentation: optional(
    text(
      'linear, MLP: train on augmented images through the frozen encoder (without: on features computed once)',
      '',
      Object.keys(AUGMENTATIONS),
    ),
  ),
  finetuneEpochs: text('fine-tuning: epochs, one number or one for each of --labels', '30'),
  finetuneLr: text('fine-tuning: learning rates at batch 256', '0.05'),
  finetuneWd: text('fine-tuning: weight decays', '0.0005'),
  layerDecay: number('fine-tuning: factor on the learning rate from each stage to the one below', 1, 0, 1),
  finetuneBatch: integer('fine-tuning: images a step', 128, 2),
  finetuneAugmentation: text('fine-tuning: what is done to images', 'shift', Object.keys(AUGMENTATIONS)),
  supervisedLr: number('encoder "supervised": learning rate at batch 256', 0.1, 0),
  supervisedWd: number('encoder "supervised": weight decay', 5e-4, 0),
  ...SESSION_OPTIONS,
};

export type ClassifyConfig = ConfigOf<typeof CLASSIFY_OPTIONS>;

/** The settings with their lists read. */
export interface ResolvedClassify {
  encoders: string[];
  protocols: Protocol[];
  /** Fractions, largest first. */
  labels: number[];
  frozen: FrozenOptions;
  finetune: { epochs: ReadonlyMap<number, number>; lrs: number[]; weightDecays: number[] };
}

/** @throws UserError naming the flag, what was expected and what was found. */
export function readLists(config: ClassifyConfig): ResolvedClassify {
  const labels = words(config.labels).map((word) => {
    const value = /^\d+(\.\d+)?%$/.test(word) ? Number(word.slice(0, -1)) / 100 : NaN;
    if (value > 0 && value <= 1) return value;
    throw refuse('labels', 'parts such as 1%,10%,100%', config.labels);
  });
  const protocols = words(config.protocol).map((word) => {
    const known = PROTOCOLS.find((name) => name === word);
    if (known !== undefined) return known;
    throw refuse('protocol', PROTOCOLS.join(', '), word);
  });
  const numbers = (
    name: 'k' | 'temperature' | 'linearLr' | 'linearWd' | 'mlpLr' | 'mlpWd' | 'finetuneLr' | 'finetuneWd',
    from: number,
  ) =>
    words(config[name]).map((word) => {
      const value = Number(word);
      const fits = Number.isFinite(value) && value >= from && (name !== 'k' || Number.isSafeInteger(value));
      if (fits && (value > 0 || name.endsWith('Wd'))) return value;
      throw refuse(optionFlag(name), name === 'k' ? 'whole numbers from 1' : 'numbers', config[name]);
    });
  const epochs = words(config.finetuneEpochs).map(Number);
  if (
    (epochs.length !== 1 && epochs.length !== labels.length) ||
    epochs.some((value) => !Number.isSafeInteger(value) || value < 1)
  ) {
    throw refuse(
      'finetune-epochs',
      `one whole number, or ${labels.length} for --labels ${config.labels}`,
      config.finetuneEpochs,
    );
  }
  return {
    encoders: [...new Set(words(config.encoder))],
    protocols: [...new Set(protocols)],
    labels: [...new Set(labels)].sort((a, b) => b - a),
    frozen: {
      k: numbers('k', 1),
      temperature: numbers('temperature', 0),
      solver: config.solver as FrozenOptions['solver'],
      linearEpochs: config.linearEpochs,
      linearLr: numbers('linearLr', 0),
      linearWd: numbers('linearWd', 0),
      hidden: headSizes(0, config.mlp).slice(1),
      mlpEpochs: config.mlpEpochs,
      mlpLr: numbers('mlpLr', 0),
      mlpWd: numbers('mlpWd', 0),
      headBatch: config.headBatch,
      seed: config.seed,
    },
    finetune: {
      epochs: new Map(labels.map((part, i) => [part, epochs[epochs.length === 1 ? 0 : i]])),
      lrs: numbers('finetuneLr', 0),
      weightDecays: numbers('finetuneWd', 0),
    },
  };
}

function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

const refuse = (flag: string, expected: string, found: string) =>
  new UserError(`--${flag}: expected ${expected}, found "${found}".`);
