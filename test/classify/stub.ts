/** @file An evaluation on the tiny CIFAR-10, in this process, with a recipe of a tiny network. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateEncoders, type Pretraining } from '../../src/classify/index.js';
import { soloJob } from '../../src/ddp/index.js';

export const RECIPE: Pretraining['recipe'] = {
  arch: 'resnet18',
  stem: 'imagenet',
  width: 4,
  epochs: 2,
  batchSize: 16,
  warmupEpochs: 0.5,
  augmentation: 'vicreg',
};

export const newFolder = () => mkdtempSync(join(tmpdir(), 'encodergym-classify-'));

interface TinyOptions {
  resume?: boolean;
  signal?: AbortSignal;
  pretraining?: Partial<Pretraining>;
}

/** Runs an evaluation and keeps the console quiet. @param flags by their names in code */
export async function evaluateTiny(
  dataDir: string,
  flags: Record<string, unknown>,
  { resume = false, signal = new AbortController().signal, pretraining }: TinyOptions = {},
) {
  const { log } = console;
  console.log = () => undefined;
  try {
    const summary = await evaluateEncoders({
      flags: {
        dataset: 'cifar10',
        dataDir,
        numWorkers: 1,
        ...(!resume && { engine: 'auto', threads: 1 }),
        ...flags,
      },
      resume,
      command: `npm run eval:classify${resume ? ' -- --resume' : ''}`,
      job: soloJob(signal),
      pretraining: () => ({
        recipe: RECIPE,
        plan: () => undefined,
        ...pretraining,
      }),
      pretrain: () => Promise.reject(new Error('nothing is pretrained here')),
    });
    return summary!;
  } finally {
    console.log = log;
  }
}
