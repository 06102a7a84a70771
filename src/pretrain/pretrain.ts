/** @file The whole of `npm run pretrain`: engine, data, run folder, training, summary. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkBatchSize, loadDataset } from '../data/index.js';
import { UserError } from '../errors.js';
import { PROJECT_ROOT } from '../files.js';
import { tf, useEngine } from '../tensor/index.js';
import { duration, TaskReporter } from '../progress.js';
import { resumedOptions, Run, type GivenOptions, type RunDescription } from '../runs/index.js';
import { resolveConfig } from './config.js';
import { OPTIONS, type PretrainConfig } from './options.js';
import { Trainer, type TrainingResult } from './trainer.js';

export interface PretrainRequest {
  flags: GivenOptions<typeof OPTIONS>;
  /** Path of a config file. */
  file?: string;
  /** Go on with the run of that name. */
  resume?: boolean;
  /** The command line, for config.json. */
  command: string;
  /** Stops training after the step it is in. */
  signal: AbortSignal;
}

/** What a run came to; accuracies are fractions, undefined when they were not measured. */
export interface PretrainSummary {
  name: string;
  /** The run's folder. */
  run: string;
  ending: TrainingResult['ending'];
  dataset: string;
  engine: string;
  steps: number;
  seconds: number;
  knnPixels?: number;
  knnRandom?: number;
  knn?: number;
  probe?: number;
  rankMe?: number;
  encoder: string;
  checkpoint: string;
}

/**
 * Pretrains an encoder.
 * @throws UserError for flags, data or folders that cannot be used; DivergedError; EngineError.
 */
export async function pretrain(request: PretrainRequest): Promise<PretrainSummary> {
  const { flags, file, resume = false, command, signal } = request;
  if (resume && file !== undefined) {
    throw new UserError('--resume goes on with the config of the run itself: leave --config out.');
  }
  let config = resolveConfig(flags, file);
  const { expDir, runName, method, arch } = config;
  const run = resume ? Run.resume(expDir, runName) : Run.plan(expDir, runName, `${method}-${arch}`);
  const before = resume ? run.description<PretrainConfig>() : undefined;
  if (before !== undefined) config = resumedOptions(OPTIONS, before.config, flags);

  const engine = await useEngine(config.engine, { threads: config.threads });
  console.log(`Engine: ${engine.name} ${engine.version}, ${engine.threads} threads.`);
  const wanted = before?.dataset ?? config.dataset;
  const { download, imageSize } = config;
  const loading = new TaskReporter();
  const data = await loadDataset(wanted, config.dataDir, {
    download,
    imageSize,
    onProgress: (progress) => loading.show(progress),
  }).finally(() => loading.stop());
  console.log(
    `Data set: ${data.name}, ${data.train.count} training images, ${data.heldOut.count} held out` +
      `${data.reason === undefined ? '' : ` (${data.reason})`}.`,
  );
  checkBatchSize(data.train, config.batchSize);

  const description: RunDescription<PretrainConfig> = {
    config: { ...config, runName: run.name, engine: engine.name, threads: engine.threads },
    command,
    dataset: data.name,
    engine: { name: engine.name, version: engine.version, threads: engine.threads },
    versions: versions(),
    started: new Date().toISOString(),
  };
  if (before === undefined) run.make(description);
  else if (before.engine.version !== engine.version) {
    console.log(
      `Warning: the run was started on ${before.engine.version}: numbers may differ in their last bits.`,
    );
  }
  run.log(`${before === undefined ? 'started' : 'resumed'}: ${command}`);
  console.log(`Run: ${run.folder}`);

  const trainer = new Trainer(config, data, run, signal);
  const summary = summarise(run, description, await trainer.train());
  if (summary.ending === 'finished') run.write('summary.json', summary);
  run.log(`${summary.ending} after step ${summary.steps}`);
  return summary;
}

/** The table that ends a run. */
export function summaryTable(summary: PretrainSummary): string {
  const percent = (fraction?: number) =>
    fraction === undefined ? 'not measured' : `${(100 * fraction).toFixed(1)} %`;
  const rows = [
    ['held-out kNN, raw pixels', percent(summary.knnPixels)],
    ['held-out kNN, random encoder', percent(summary.knnRandom)],
    ['held-out kNN, trained encoder', percent(summary.knn)],
    ['held-out online linear probe', percent(summary.probe)],
    ['effective rank (RankMe)', summary.rankMe?.toFixed(1) ?? 'not measured'],
    ['time', duration(summary.seconds)],
    ['encoder', summary.encoder],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
}

function summarise(run: Run, { dataset, engine }: RunDescription, result: TrainingResult): PretrainSummary {
  const { progress, ending, checkpoint, encoder } = result;
  const trained = progress.evaluations.filter(({ epoch }) => epoch > 0).at(-1)?.metrics ?? {};
  const untrained = progress.evaluations.find(({ epoch }) => epoch === 0)?.metrics ?? {};
  return {
    name: run.name,
    run: run.folder,
    ending,
    dataset,
    engine: engine.name,
    steps: progress.step,
    seconds: Math.round(progress.seconds),
    knnPixels: untrained['eval/knn_pixels'],
    knnRandom: untrained['eval/knn'],
    knn: trained['eval/knn'],
    probe: trained['eval/probe'],
    rankMe: trained['eval/rank_me'],
    encoder,
    checkpoint,
  };
}

function versions(): Record<string, string> {
  const own = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
  return { encodergym: own.version, node: process.version, tfjs: tf.version_core };
}
