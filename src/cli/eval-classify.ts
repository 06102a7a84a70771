/**
 * @file `npm run eval:classify`: how well do encoders' features classify?
 *
 *   npm run eval:classify -- --encoder ssl --protocol linear
 *   npm run eval:classify -- --config configs/classify/cifar10.json --data-dir data --run-name classification
 */
import { Command } from 'commander';
import {
  CLASSIFY_OPTIONS,
  evaluateEncoders,
  resultTable,
  type ClassifyConfig,
  type Pretraining,
} from '../classify/index.js';
import type { DataSplits } from '../data/index.js';
import { SoloCommunicator } from '../ddp/index.js';
import { newestPretraining, pretrain, resolveConfig } from '../pretrain/index.js';
import { Run, type GivenOptions } from '../runs/index.js';
import { addRunOptions, givenOptions, runCommand, stopOnSignals, typedCommand } from './command.js';

const command = new Command('eval:classify').description(
  'Measure how well encoders classify, by frozen features (kNN, linear, MLP) or fine-tuning. Everything is chosen ' +
    'on held-out training images; the labels of the test set are read once, at the end. Where a flag takes a list, ' +
    'the held-out images choose.',
);
addRunOptions(command, CLASSIFY_OPTIONS, 'configs/classify/cifar10.json');
command.addHelpText(
  'after',
  `
Examples:
  npm run eval:classify -- --encoder ssl --protocol linear         the newest pretraining run
  npm run eval:classify -- --encoder ssl,random --protocol knn,linear,mlp --labels 100%,10%,1%
  npm run eval:classify -- --encoder resnet18=weights.safetensors,random --protocol finetune --finetune-epochs 10
  npm run eval:classify -- --run-name classification --resume`,
);

/** Pretraining as an evaluation uses it: the newest run there is, or --recipe, for each seed anew. */
function pretrainingFor(config: ClassifyConfig, data: DataSplits): Pretraining {
  const newest = config.recipe === undefined ? newestPretraining(config.expDir, data.name) : undefined;
  const recipe = newest?.config ?? resolveConfig({}, config.recipe);
  return {
    recipe,
    newest: newest?.encoder,
    pretrain: async (run, seed, signal) => {
      const existing = Run.find(run.expDir, run.name);
      const encoder = run.path('encoder.safetensors');
      if (existing?.finished === true) return encoder;
      const { dataDir, imageSize, numWorkers, engine, threads, checkpointMinutes, keep } = config;
      const place = { expDir: run.expDir, runName: run.name, dataDir, numWorkers, checkpointMinutes, keep };
      const resume = existing !== undefined;
      const summary = await pretrain({
        flags: resume ? place : { ...place, dataset: data.name, imageSize, seed, engine, threads },
        file: resume ? undefined : config.recipe,
        resume,
        command: typedCommand('eval:classify'),
        job: { communicator: new SoloCommunicator(), localWorldSize: 1, signal, settle: () => undefined },
      });
      return summary.ending === 'finished' ? encoder : undefined;
    },
  };
}

await runCommand(
  command,
  async (
    options: GivenOptions<typeof CLASSIFY_OPTIONS> & { config?: string; resume?: boolean; expDir?: string },
  ) => {
    const { signal, exitCode } = stopOnSignals();
    const summary = await evaluateEncoders({
      flags: givenOptions(CLASSIFY_OPTIONS, options),
      file: options.config,
      resume: options.resume,
      command: typedCommand('eval:classify'),
      signal,
      pretraining: pretrainingFor,
    });
    if (summary.rows !== undefined) {
      console.log(
        `\n${resultTable(summary.rows)}\n\nReport: ${summary.run}/results.md, pictures in ${summary.run}/pictures`,
      );
    } else {
      const expDir = options.expDir === undefined ? '' : ` --exp-dir ${options.expDir}`;
      console.log(
        `\nStopped after ${summary.done} of ${summary.arms} arms. Go on with:\n` +
          `  npm run eval:classify -- --run-name ${summary.name}${expDir} --resume`,
      );
    }
    process.exitCode = exitCode();
    return summary;
  },
);
