/** @file `npm run bench -- augment`: augmented views. */
import { Command } from 'commander';
import { measureAugmentation } from '../../data/index.js';
import { onRun } from '../command.js';
import { compare, peerOption, positive } from './compare.js';

export const augmentBench = new Command('augment')
  .description('Augmented views a second on one core.')
  .option('--seconds <n>', 'how long to measure, after a second of warming up', positive, 5)
  .addOption(peerOption());

onRun(augmentBench, ({ seconds, peer }: { seconds: number; peer?: string }) =>
  compare('views', () => measureAugmentation({ seconds }), peer),
);
