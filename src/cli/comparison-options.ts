/** @file The settings of `npm run eval:rl` itself, beside those of the agents. */
import { availableParallelism } from 'node:os';
import { flag, integer, operational, optional, text } from '../runs/index.js';
import { ENGINE_NAMES } from '../tensor/index.js';

export const COMPARISON_OPTIONS = {
  encoder: text(
    'arms, separated by commas: state, ssl, supervised, random, paths of encoders, scratch, scratch+shift, finetune:PATH',
    'state',
  ),
  seeds: integer('agents of each arm', 5, 1, 1000),
  runName: optional(text("the comparison's folder in --exp-dir (made from environment and agent)", '')),
  expDir: operational(text('folder of runs', 'runs')),
  video: operational(
    flag('record the best and the median episode of each arm, and all arms side by side', true),
  ),
  output: operational(text('folder of videos', 'recordings')),
  workers: operational(integer('agents that learn at a time', availableParallelism(), 1, 1024)),
  engine: text('what computes embeddings', process.env.ENCODERGYM_ENGINE ?? 'auto', [
    'auto',
    ...ENGINE_NAMES,
  ]),
};

/** Does an arm of --encoder see pictures? They have recipes of their own. */
export const seesPictures = (encoder: string): boolean =>
  encoder.split(',').some((name) => name.trim() !== 'state');
