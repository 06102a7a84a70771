/** @file Where encoders come from: a file, random weights, pretraining without labels, training with them. */
import { existsSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ARCHITECTURES, loadEncoder, ResNet, saveEncoder, type ResNetConfig } from '../encoders/index.js';
import { UserError } from '../errors.js';
import { Generator } from '../random/index.js';
import type { Run } from '../runs/index.js';
import type { ClassifyConfig } from './options.js';
import type { DevelopmentData } from './test-set.js';
import type { PretrainOrder, Team } from './team.js';

/** What the arms share: the network, the images' augmentation, the budget. Part of a config of pretraining. */
export interface Recipe {
  arch: string;
  stem: string;
  width?: number;
  zeroInitResidual?: boolean;
  epochs: number;
  batchSize: number;
  warmupEpochs: number;
  augmentation: string;
  cropScale?: [number, number];
}

/** What is needed of pretraining, which imports this folder. */
export interface Pretraining {
  /** Of --recipe; without it, of the newest pretraining run on the data set, or of the quick start. */
  recipe: Recipe;
  /** Where the newest run's encoder is, when --recipe is not given; undefined when there is no such run. */
  newest?: string;
  /** What pretrains by --recipe into `run`; undefined when that was done before. */
  plan(run: Run, seed: number): PretrainOrder | undefined;
}

/** An encoder of an evaluation, by seed. */
export interface EncoderSource {
  /** Unique, and fit to be a folder's name. */
  name: string;
  kind: 'ssl' | 'supervised' | 'random' | 'scratch' | 'file';
  /** Another one for each seed. */
  seeded: boolean;
  /** A short line on what it is, for reports. */
  description: string;
  /** @returns undefined when its training was stopped. */
  load(seed: number): Promise<ResNet | undefined>;
}

export interface SourceContext {
  config: ClassifyConfig;
  team: Team;
  data: DevelopmentData;
  /** The evaluation's own; encoders are trained below it. */
  run: Run;
  pretraining: Pretraining;
}

/**
 * The encoders of --encoder.
 * @throws UserError for a file that is not there, names that clash, or ssl without a pretraining run.
 */
export function encoderSources(specs: readonly string[], context: SourceContext): EncoderSource[] {
  const network = networkOf(specs, context.pretraining.recipe);
  const sources = specs.map((spec) => sourceOf(spec, network, context));
  const twice = sources.find(({ name }, i) => sources.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) {
    throw new UserError(
      `--encoder: two encoders are called "${twice.name}". Give them names: first=PATH,second=PATH.`,
    );
  }
  return sources;
}

function sourceOf(spec: string, network: ResNetConfig, context: SourceContext): EncoderSource {
  const { zeroInitResidual } = context.pretraining.recipe;
  // As pretraining draws them: the random encoder is the one that pretraining of that seed begins with.
  const random = (seed: number) =>
    new ResNet({ ...network, zeroInitResidual, rng: new Generator(seed).spawn(1)[0] });
  switch (spec) {
    case 'random':
    case 'scratch':
      return {
        name: spec,
        kind: spec,
        seeded: true,
        description: spec === 'random' ? 'random weights, frozen' : 'random weights, trained with the head',
        load: (seed) => Promise.resolve(random(seed)),
      };
    case 'supervised': {
      const { epochs } = context.pretraining.recipe;
      return {
        name: spec,
        kind: spec,
        seeded: true,
        description: `trained with all labels for ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, on the views of pretraining`,
        load: (seed) => supervisedEncoder(seed, random(seed), context),
      };
    }
    case 'ssl':
      return sslSource(context);
    default:
      return fileSource(spec);
  }
}

function sslSource({ config, run, pretraining, team, data }: SourceContext): EncoderSource {
  if (config.recipe !== undefined) {
    return {
      name: 'ssl',
      kind: 'ssl',
      seeded: true,
      description: `pretrained without labels by ${config.recipe}`,
      load: async (seed) => {
        const own = run.part('encoders', `ssl-${seed}`);
        const order = pretraining.plan(own, seed);
        const done = order === undefined || (await team.pretrain(order));
        return done ? loadEncoder(own.path('encoder.safetensors')) : undefined;
      },
    };
  }
  const { newest } = pretraining;
  if (newest === undefined) {
    throw new UserError(
      `--encoder ssl: there is no finished pretraining run on ${data.name} in ${config.expDir}. Run npm run pretrain ` +
        'first, or give --recipe configs/NAME.json to pretrain now, or the path of an encoder.',
    );
  }
  return {
    name: 'ssl',
    kind: 'ssl',
    seeded: false,
    description: `pretrained without labels: ${newest}`,
    load: () => Promise.resolve(loadEncoder(newest)),
  };
}

function fileSource(spec: string): EncoderSource {
  const [, given, path] = /^(?:([\w.+-]+)=)?(.+)$/.exec(spec)!;
  if (!existsSync(path)) {
    throw new UserError(
      `--encoder: "${spec}" is neither ssl, supervised, random or scratch, nor a file that is there.`,
    );
  }
  const file = basename(path).replace(/\.safetensors$/, '');
  // Every run's file is called encoder.safetensors: the folder tells them apart.
  const name = given ?? (file === 'encoder' ? basename(dirname(path)) : file).replace(/[^\w.+-]+/g, '-');
  return {
    name: name === '' || name === '.' ? 'encoder' : name,
    kind: 'file',
    seeded: false,
    description: path,
    load: () => Promise.resolve(loadEncoder(path)),
  };
}

/** The network of random, scratch and supervised: that of a file among the encoders, else the recipe's. */
function networkOf(specs: readonly string[], { arch, stem, width }: Recipe): ResNetConfig {
  const named = ['ssl', 'supervised', 'random', 'scratch'];
  const file = specs.find((spec) => !named.includes(spec));
  if (file !== undefined && !specs.includes('ssl')) {
    const path = file.replace(/^[\w.+-]+=/, '');
    if (existsSync(path)) {
      const encoder = loadEncoder(path);
      const { config } = encoder;
      encoder.dispose();
      return config;
    }
  }
  const shape = ARCHITECTURES[arch];
  return { ...shape, width: width ?? shape.width, stem: stem as ResNetConfig['stem'], inputChannels: 3 };
}

/** Trains all layers with all labels, with the recipe's images, augmentation and epochs. */
async function supervisedEncoder(
  seed: number,
  encoder: ResNet,
  context: SourceContext,
): Promise<ResNet | undefined> {
  const { config, data, run, team } = context;
  const { epochs, batchSize, warmupEpochs, augmentation, cropScale } = context.pretraining.recipe;
  const stage = run.part('encoders', `supervised-${seed}`);
  const file = stage.path('encoder.safetensors');
  if (!stage.finished) {
    const trained = await team.train(
      {
        encoder,
        frozen: false,
        hidden: [],
        augmentation,
        cropScale,
        epochs,
        batchSize,
        lr: config.supervisedLr,
        weightDecay: config.supervisedWd,
        layerDecay: 1,
        warmupEpochs,
        seed,
        protocol: 'supervised',
        syncBn: config.syncBn,
      },
      stage,
    );
    if (trained === undefined) return undefined;
    const colours = { mean: data.mean.join(','), std: data.std.join(',') };
    await saveEncoder(file, encoder, { dataset: data.name, method: 'supervised', ...colours });
    trained.last.head.dispose();
    const { accuracy, best } = trained;
    stage.write('summary.json', { accuracy, best: { epoch: best.epoch, accuracy: best.accuracy } });
    stage.dropCheckpoints();
    rmSync(best.file, { force: true });
  }
  encoder.dispose();
  return loadEncoder(file);
}
