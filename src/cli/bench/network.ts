/** @file The flags that name the network whose training steps a bench measures. */
import { Option, type Command } from 'commander';
import { headSizes } from '../../encoders/index.js';
import { OPTIONS, type SpeedOptions } from '../../pretrain/index.js';
import { wholeNumber } from './compare.js';

export interface NetworkFlags extends Pick<
  SpeedOptions,
  'arch' | 'stem' | 'width' | 'mlp' | 'size' | 'steps'
> {
  batch: number;
}

/** @param steps how many are measured by default */
export function addNetworkOptions(command: Command, steps: number): Command {
  const named = (flags: string, help: string, names: readonly string[] = []) =>
    new Option(flags, help).choices([...names]);
  return command
    .addOption(named('--arch <name>', 'encoder', OPTIONS.arch.names).default('resnet50'))
    .addOption(named('--stem <name>', 'first layers', OPTIONS.stem.names).default('imagenet'))
    .option('--width <n>', "channels of the first stage (the architecture's own)", wholeNumber('width'))
    .option('--mlp <sizes>', "sizes of the projector's layers", '2048-2048-2048')
    .option('--batch <n>', 'images a step, of each rank', wholeNumber('batch'), 64)
    .option('--size <n>', 'side of the images', wholeNumber('size'), 32)
    .option('--steps <n>', 'steps to measure', wholeNumber('steps'), steps);
}

/** What is measured. @throws UserError for a projector that cannot be. */
export function speedOptions(
  { arch, stem, width, mlp, batch, size, steps }: NetworkFlags,
  warmup = 2,
): SpeedOptions {
  headSizes(1, mlp);
  return { arch, stem, width, mlp, batchSize: batch, size, steps, warmup };
}
