/** @file `npm run bench -- pretrain`: whole training steps. */
import { Command } from 'commander';
import { measureSteps } from '../../pretrain/index.js';
import { useEngine } from '../../tensor/index.js';
import { onRun } from '../command.js';
import { compare, peerOption, wholeNumber } from './compare.js';
import { addNetworkOptions, speedOptions, type NetworkFlags } from './network.js';

interface PretrainFlags extends NetworkFlags {
  warmup: number;
  threads?: number;
  engine?: string;
  peer?: string;
}

export const pretrainBench = addNetworkOptions(new Command('pretrain'), 6)
  .description(
    'Whole training steps on random views: forward of both, VICReg, backward, LARS. Counts source images.',
  )
  .option('--warmup <n>', 'steps before', wholeNumber('warmup'), 2)
  .option('--threads <n>', 'threads of the engine (all cores)', wholeNumber('threads'))
  .option('--engine <name>', 'engine')
  .addOption(peerOption());

onRun(pretrainBench, async (flags: PretrainFlags) => {
  const speed = speedOptions(flags, flags.warmup);
  const engine = await useEngine(flags.engine, { threads: flags.threads });
  const { arch, stem, mlp, batch } = flags;
  console.log(
    `${arch}, ${stem} stem, projector ${mlp}, batch ${batch}, ${engine.name}, ${engine.threads} threads`,
  );
  const result = await compare('images', () => measureSteps(speed), flags.peer);
  return { ...result, engine: engine.name, threads: engine.threads, arch, stem, mlp, batch };
});
