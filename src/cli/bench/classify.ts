/** @file `npm run bench -- classify`: embedding images, and the two probes of embeddings at the size of CIFAR-10. */
import { Command, Option } from 'commander';
import { embed, fitFrozen, nearestNeighbours, type LabelledFeatures } from '../../classify/index.js';
import type { ImageSet } from '../../data/index.js';
import { ARCHITECTURES, ResNet, type Stem } from '../../encoders/index.js';
import { Generator } from '../../random/index.js';
import { useEngine } from '../../tensor/index.js';
import { onRun } from '../command.js';
import { compare, peerOption, wholeNumber } from './compare.js';

const CLASSES = Array.from({ length: 10 }, (_, i) => String(i));
/** Seconds that the probes may take at their default sizes on two cores. */
const LIMITS = { kNN: 15, linear: 60 };
/** A linear probe whose settings are known. */
const ONE_SETTING = { linearLr: [0.03], linearWd: [0] };

interface ClassifyFlags {
  arch: string;
  stem: Stem;
  images: number;
  bank: number;
  queries: number;
  dim: number;
  threads?: number;
  peer?: string;
}

export const classifyBench = new Command('classify')
  .description(
    'Images a second through a frozen encoder; seconds of kNN and of a linear probe on embeddings that are there.',
  )
  .addOption(new Option('--arch <name>', 'encoder').choices(Object.keys(ARCHITECTURES)).default('resnet50'))
  .addOption(new Option('--stem <name>', 'first layers').choices(['imagenet', 'cifar']).default('imagenet'))
  .option('--images <n>', 'images of 32 x 32 to embed', wholeNumber('images'), 10_000)
  .option('--bank <n>', 'embeddings to probe', wholeNumber('bank'), 50_000)
  .option('--queries <n>', "kNN's questions", wholeNumber('queries'), 10_000)
  .option('--dim <n>', 'their length', wholeNumber('dim'), 2048)
  .option('--threads <n>', 'threads of the engine (all cores)', wholeNumber('threads'))
  .addOption(peerOption());

onRun(classifyBench, async ({ arch, stem, images, bank, queries, dim, threads, peer }: ClassifyFlags) => {
  const engine = await useEngine(undefined, { threads });
  console.log(`${arch}, ${stem} stem, ${images} images, ${engine.name}, ${engine.threads} threads`);
  const embedding = await compare('images', () => embeddingRate(arch, stem, images), peer);
  const [known, asked] = [features(1, bank, dim), features(2, queries, dim)];
  const kNN = await seconds(() => nearestNeighbours(known, asked, 200));
  const linear = await seconds(() => fitFrozen('linear', known, asked, CLASSES.length));
  const linearOne = await seconds(() => fitFrozen('linear', known, asked, CLASSES.length, ONE_SETTING));
  const report = (name: keyof typeof LIMITS, taken: number, what: string) =>
    console.log(
      `${name}: ${taken.toFixed(1)} s for ${what} (at the default sizes at most ${LIMITS[name]} s)`,
    );
  report('kNN', kNN, `${queries} against ${bank} x ${dim}`);
  report('linear', linear, `a probe of ${bank} x ${dim}, all its learning rates and decays`);
  report('linear', linearOne, 'one learning rate and decay of these');
  return {
    engine: engine.name,
    threads: engine.threads,
    arch,
    stem,
    embedding,
    seconds: { kNN, linear, linearOne },
  };
});

async function embeddingRate(arch: string, stem: Stem, count: number): Promise<number> {
  const rng = new Generator(0);
  const size: [number, number] = [32, 32];
  const images = Uint8Array.from({ length: count * size[0] * size[1] * 3 }, () => rng.integers(0, 256));
  const labels = new Int32Array(count);
  const set: ImageSet = { name: 'noise', classes: CLASSES, size, channels: 3, images, labels, count };
  const encoder = new ResNet({ ...ARCHITECTURES[arch], stem, inputChannels: 3, rng });
  const taken = await seconds(() => embed(encoder, set, { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] }));
  encoder.dispose();
  return count / taken;
}

/** Embeddings of images of ten classes: positive, as after a ReLU, and not quite separable. */
function features(seed: number, count: number, dim: number): LabelledFeatures {
  const rng = new Generator([0, seed]);
  const centres = new Float32Array(CLASSES.length * dim);
  new Generator(0).fillNormal(centres, 0, 0.1);
  const values = new Float32Array(count * dim);
  rng.fillNormal(values, 0, 1);
  const labels = Int32Array.from({ length: count }, () => rng.integers(0, CLASSES.length));
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.max(0, values[i] + centres[labels[Math.floor(i / dim)] * dim + (i % dim)]);
  }
  return { features: values, labels, count };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
