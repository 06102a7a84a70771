/** @file `npm run bench -- pretrain`: whole training steps. */
import { Command, Option } from 'commander';
import { headSizes } from '../../encoders/index.js';
import { measureSteps, OPTIONS } from '../../pretrain/index.js';
import { useEngine } from '../../tensor/index.js';
import { onRun } from '../command.js';
import { compare, peerOption, wholeNumber } from './compare.js';

interface PretrainFlags {
  arch: string;
  stem: string;
  width?: number;
  mlp: string;
  batch: number;
  size: number;
  steps: number;
  warmup: number;
  threads?: number;
  engine?: string;
  peer?: string;
}

export const pretrainBench = new Command('pretrain')
  .description(
    'Whole training steps on random views: forward of both, VICReg, backward, LARS. Counts source images.',
  )
  .addOption(
    new Option('--arch <name>', 'encoder').choices([...(OPTIONS.arch.names ?? [])]).default('resnet50'),
  )
  .addOption(
    new Option('--stem <name>', 'first layers').choices([...(OPTIONS.stem.names ?? [])]).default('imagenet'),
  )
  .option('--width <n>', "channels of the first stage (the architecture's own)", wholeNumber('width'))
  .option('--mlp <sizes>', "sizes of the projector's layers", '2048-2048-2048')
  .option('--batch <n>', 'images a step', wholeNumber('batch'), 64)
  .option('--size <n>', 'side of the images', wholeNumber('size'), 32)
  .option('--steps <n>', 'steps to measure', wholeNumber('steps'), 6)
  .option('--warmup <n>', 'steps before', wholeNumber('warmup'), 2)
  .option('--threads <n>', 'threads of the engine (all cores)', wholeNumber('threads'))
  .option('--engine <name>', 'engine')
  .addOption(peerOption());

onRun(pretrainBench, async (flags: PretrainFlags) => {
  headSizes(1, flags.mlp);
  const engine = await useEngine(flags.engine, { threads: flags.threads });
  const { arch, stem, mlp, batch } = flags;
  console.log(
    `${arch}, ${stem} stem, projector ${mlp}, batch ${batch}, ${engine.name}, ${engine.threads} threads`,
  );
  const result = await compare(
    'images',
    () => measureSteps({ ...flags, width: flags.width, batchSize: batch }),
    flags.peer,
  );
  return { ...result, engine: engine.name, threads: engine.threads, arch, stem, mlp, batch };
});
