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
  type PretrainOrder,
  type Pretraining,
} from '../classify/index.js';
import type { DataSplits } from '../data/index.js';
import { runDistributed, type Job } from '../ddp/index.js';
import { newestPretraining, pretrain, resolveConfig, type PretrainRequest } from '../pretrain/index.js';
import { Run, type GivenOptions } from '../runs/index.js';
import { addRunOptions, givenOptions, runCommand, typedCommand } from './command.js';
import { addDistributedOptions, distributedOptions, type DistributedFlags } from './distributed.js';

const command = new Command('eval:classify').description(
  'Measure how well encoders classify, by frozen features (kNN, linear, MLP) or fine-tuning. Everything is chosen ' +
    'on held-out training images; the labels of the test set are read once, at the end. Where a flag takes a list, ' +
    'the held-out images choose.',
);
addRunOptions(command, CLASSIFY_OPTIONS, 'configs/classify/cifar10.json');
addDistributedOptions(command);
command.addHelpText(
  'after',
  `
Examples:
  npm run eval:classify -- --encoder ssl --protocol linear         the newest pretraining run
  npm run eval:classify -- --encoder ssl,random --protocol knn,linear,mlp --labels 100%,10%,1%
  npm run eval:classify -- --encoder resnet18=weights.safetensors,random --protocol finetune --finetune-epochs 10
  npm run eval:classify -- --encoder supervised --nproc-per-node 2   two processes on this machine
  npm run eval:classify -- --run-name classification --resume`,
);

/** Pretraining as an evaluation uses it: the newest run there is, or --recipe, for each seed anew. */
function pretrainingFor(config: ClassifyConfig, data: DataSplits): Pretraining {
  const newest = config.recipe === undefined ? newestPretraining(config.expDir, data.name) : undefined;
  const recipe = newest?.config ?? resolveConfig({}, config.recipe);
  return {
    recipe,
    newest: newest?.encoder,
    plan: (run, seed) => {
      const existing = Run.find(run.expDir, run.name);
      if (existing?.finished === true) return undefined;
      const { dataDir, imageSize, numWorkers, engine, threads, checkpointMinutes, keep, syncBn } = config;
      const place = { expDir: run.expDir, runName: run.name, dataDir, numWorkers, checkpointMinutes, keep };
      const resume = existing !== undefined;
      return {
        flags: resume ? place : { ...place, dataset: data.name, imageSize, seed, engine, threads, syncBn },
        file: resume ? undefined : config.recipe,
        resume,
      } satisfies PretrainPlan;
    },
  };
}

type PretrainPlan = Pick<PretrainRequest, 'flags' | 'file' | 'resume'>;

/** Does on every rank what was planned. */
async function pretrainAsPlanned(order: PretrainOrder, job: Job): Promise<boolean> {
  const command = typedCommand('eval:classify');
  const { ending } = await pretrain({ ...(order as PretrainPlan), command, job });
  return ending === 'finished';
}

await runCommand(
  command,
  async (
    options: GivenOptions<typeof CLASSIFY_OPTIONS> &
      DistributedFlags & { config?: string; resume?: boolean; expDir?: string },
  ) => {
    const summary = await runDistributed(distributedOptions(options), (job) =>
      evaluateEncoders({
        flags: givenOptions(CLASSIFY_OPTIONS, options),
        file: options.config,
        resume: options.resume,
        command: typedCommand('eval:classify'),
        job,
        pretraining: pretrainingFor,
        pretrain: pretrainAsPlanned,
      }),
    );
    if (summary === undefined) return {}; // rank 0 tells it all
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
    return summary;
  },
);
