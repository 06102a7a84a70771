/** @file The whole of `npm run pretrain`: engine, data, run folder, training, summary. */
import { checkBatchSize, contactSheet, ViewLoader, type DataSplits } from '../data/index.js';
import { saveEncoder } from '../encoders/index.js';
import { UserError } from '../errors.js';
import { writeFileAtomic } from '../files.js';
import { duration } from '../progress.js';
import { resumedOptions, Run, type GivenOptions, type RunDescription } from '../runs/index.js';
import { enterRun, startSession, Trainer, type TrainingResult } from '../training/index.js';
import { resolveConfig } from './config.js';
import { Learner } from './learner.js';
import { OPTIONS, type PretrainConfig } from './options.js';
import { PretrainTask } from './task.js';

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

  const { engine, data } = await startSession(config, before?.dataset ?? config.dataset);
  checkBatchSize(data.train, config.batchSize);
  const description = enterRun(run, config, { command, engine, dataset: data.name }, before);
  const { encoder, ...result } = await train(config, data, run, signal);
  const summary = summarise(run, description, result, encoder);
  if (summary.ending === 'finished') run.write('summary.json', summary);
  run.log(`${summary.ending} after step ${summary.steps}`);
  return summary;
}

/** Trains, and writes the encoder as it is at the end. */
async function train(
  config: PretrainConfig,
  data: DataSplits,
  run: Run,
  signal: AbortSignal,
): Promise<TrainingResult & { encoder: string }> {
  const { arch, stem, method, batchSize, seed, numWorkers, augmentation: preset, cropScale } = config;
  const { mean, std } = data;
  const augmentation = { preset, cropScale, seed, mean, std };
  writeFileAtomic(run.path('views.png'), contactSheet(data.train, augmentation));
  const learner = new Learner(config, data.train.classes.length);
  const loader = new ViewLoader(data.train, { ...augmentation, batchSize, numWorkers });
  try {
    const task = new PretrainTask(learner, data, run, config.epochs);
    const lr = (config.baseLr * batchSize) / 256;
    const trainer = new Trainer({ ...config, lr }, { task, train: data.train, loader, run, signal });
    const result = await trainer.train();
    const encoder = run.path('encoder.safetensors');
    const step = String(result.progress.step);
    await saveEncoder(encoder, learner.encoder, { arch, stem, method, dataset: data.name, step });
    return { ...result, encoder };
  } finally {
    await loader.close();
    learner.dispose();
  }
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

function summarise(
  run: Run,
  { dataset, engine }: RunDescription,
  { progress, ending, checkpoint }: TrainingResult,
  encoder: string,
): PretrainSummary {
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
