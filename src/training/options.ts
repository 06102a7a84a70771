/** @file Settings that all commands which train have: data, run folder, engine, checkpoints. */
import { ENGINE_NAMES } from '../tensor/index.js';
import { flag, integer, number, operational, optional, text, type ConfigOf } from '../runs/index.js';

export const SESSION_OPTIONS = {
  dataset: optional(
    text('data set, a folder, or env:ID (CIFAR-10 if it is in --data-dir, else the bundled images)', ''),
  ),
  dataDir: operational(text('folder of data sets', 'data')),
  imageSize: optional(
    integer(
      "side of the images of an image folder (32) or of an environment's frames (64), in pixels",
      32,
      8,
      1024,
    ),
  ),
  frames: optional(
    integer('frames to gather of an environment, for --dataset env:ID (10000)', 10_000, 20, 10 ** 7),
  ),
  download: operational(flag('fetch the data set if it is missing', false)),
  runName: optional(text("the run's folder in --exp-dir (made from what is run)", '')),
  expDir: operational(text('folder of runs', 'runs')),
  numWorkers: operational(integer('threads that augment images', 2, 1, 256)),
  syncBn: flag('BatchNorm over the images of all processes, or each process by itself', true),
  seed: integer('of weights, order and augmentation', 0, 0),
  engine: text('what computes', process.env.ENCODERGYM_ENGINE ?? 'auto', ['auto', ...ENGINE_NAMES]),
  threads: optional(integer('threads of the engine (all cores)', 1, 1, 1024)),
  checkpointEvery: operational(integer('write a checkpoint every so many epochs', 1, 1)),
  checkpointMinutes: operational(number('and whenever the last one is this old, in minutes', 5, 0)),
  keep: operational(integer('checkpoints to keep', 2, 1)),
  timeBudget: operational(optional(number('stop after so many minutes', 1, 0))),
};

export type SessionConfig = ConfigOf<typeof SESSION_OPTIONS>;
