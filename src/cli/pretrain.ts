/**
 * @file `npm run pretrain`: trains an encoder without labels and shows how good it gets.
 *
 *   npm run pretrain
 *   npm run pretrain -- --config configs/cifar10-vicreg-resnet18.json --data-dir data --run-name resnet18
 */
import { Command } from 'commander';
import { runDistributed } from '../ddp/index.js';
import { OPTIONS, pretrain, summaryTable } from '../pretrain/index.js';
import type { GivenOptions } from '../runs/index.js';
import { addRunOptions, givenOptions, runCommand, typedCommand } from './command.js';
import { addDistributedOptions, distributedOptions, type DistributedFlags } from './distributed.js';

const command = new Command('pretrain').description(
  'Pretrain an image encoder without labels. Without --config, --dataset and --arch: the quick start, ' +
    'configs/quickstart.json. Flags override the config file.',
);
addRunOptions(command, OPTIONS, 'configs/cifar10-vicreg-resnet18.json');
addDistributedOptions(command);
command.addHelpText(
  'after',
  `
Examples:
  npm run pretrain                                                 the quick start on bundled images
  npm run pretrain -- --config configs/cifar10-vicreg-resnet18.json --data-dir data
  npm run pretrain -- --arch resnet50 --dataset ./photos --epochs 50 --run-name photos
  npm run pretrain -- --arch resnet50 --nproc-per-node 2             two processes on this machine
  npm run pretrain -- --run-name photos --resume`,
);

await runCommand(
  command,
  async (
    options: GivenOptions<typeof OPTIONS> &
      DistributedFlags & { config?: string; resume?: boolean; expDir?: string },
  ) => {
    const summary = await runDistributed(distributedOptions(options), (job) =>
      pretrain({
        flags: givenOptions(OPTIONS, options),
        file: options.config,
        resume: options.resume,
        command: typedCommand('pretrain'),
        job,
      }),
    );
    if (summary === undefined) return {}; // the ranks have told it all
    console.log(`\n${summaryTable(summary)}`);
    if (summary.ending !== 'finished') {
      const expDir = options.expDir === undefined ? '' : ` --exp-dir ${options.expDir}`;
      console.log(
        `\nStopped after step ${summary.steps}. Go on with:\n` +
          `  npm run pretrain -- --run-name ${summary.name}${expDir} --resume`,
      );
    }
    return summary;
  },
);
