/**
 * @file `npm run bench`: how fast, and how fast against a peer measured in the same run.
 *
 *   npm run bench -- pretrain --arch resnet50 --stem imagenet --batch 64 --threads 2 --peer "python3 peer.py"
 *   npm run bench -- augment --peer "python3 peer.py"
 *   npm run bench -- classify --peer "/usr/bin/python3 scripts/peers/torch_embed.py"
 *   npm run bench -- envs
 *   npm run bench -- scaling --latency 20 --gigabits 10
 *   npm run bench -- ddp --ranks 4 --peer "/usr/bin/python3 scripts/peers/torch_gloo.py"
 *
 * A peer is any command whose last line of JSON has `images_per_second` or `views_per_second`.
 */
import { Command } from 'commander';
import { agentsBench } from './bench/agents.js';
import { augmentBench } from './bench/augment.js';
import { classifyBench } from './bench/classify.js';
import { ddpBench } from './bench/ddp.js';
import { envsBench } from './bench/envs.js';
import { pretrainBench } from './bench/pretrain.js';
import { scalingBench } from './bench/scaling.js';
import { runCommand } from './command.js';

const command = new Command('bench')
  .description('Measure speed, alone or against a peer in the same run.')
  .addCommand(pretrainBench)
  .addCommand(augmentBench)
  .addCommand(classifyBench)
  .addCommand(agentsBench)
  .addCommand(envsBench)
  .addCommand(ddpBench)
  .addCommand(scalingBench);

command.addHelpText(
  'after',
  `
Examples:
  npm run bench -- pretrain --arch resnet18 --stem cifar --batch 32
  npm run bench -- pretrain --arch resnet50 --batch 64 --threads 2 --peer "python3 peer.py"
  npm run bench -- augment
  npm run bench -- classify
  npm run bench -- agents
  npm run bench -- envs
  npm run bench -- ddp
  npm run bench -- scaling

A peer is a command that prints a line of JSON with images_per_second (pretrain, classify) or views_per_second (augment).`,
);
await runCommand(command);
