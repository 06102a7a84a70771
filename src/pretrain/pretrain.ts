/** @file The whole of `npm run pretrain`: engine, data, run folder, training, summary. */
import { checkBatchSize, contactSheet, ViewLoader, type DataSplits } from '../data/index.js';
import { broadcastValue, type Job } from '../ddp/index.js';
import { saveEncoder } from '../encoders/index.js';
import { UserError } from '../errors.js';
import { writeFileAtomic } from '../files.js';
import { duration } from '../progress.js';
import { resumedOptions, Run, type GivenOptions, type PretrainResults } from '../runs/index.js';
import {
  enterRun,
  restartOf,
  shareOfHost,
  startSession,
  Trainer,
  type TrainingResult,
} from '../training/index.js';
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
  /** The ranks to train on, and when to stop. */
  job: Job;
}

/** What a run came to, and where it is. */
export interface PretrainSummary extends PretrainResults {
  name: string;
  /** The run's folder. */
  run: string;
  ending: TrainingResult['ending'];
  dataset: string;
  engine: string;
  encoder: string;
  checkpoint: string;
}

/**
 * Pretrains an encoder.
 * @throws UserError for flags, data or folders that cannot be used; DivergedError; EngineError.
 */
export async function pretrain(request: PretrainRequest): Promise<PretrainSummary> {
  const { flags, file, resume = false, command, job } = request;
  const { communicator } = job;
  const leads = communicator.rank === 0;
  if (resume && file !== undefined) {
    throw new UserError('--resume goes on with the config of the run itself: leave --config out.');
  }
  let config = resolveConfig(flags, file);
  const { expDir, runName, method, arch } = config;
  // Rank 0 alone looks at the disk: other hosts may not see the folder.
  const openRun = () => {
    const run = resume ? Run.resume(expDir, runName) : Run.plan(expDir, runName, `${method}-${arch}`);
    return { name: run.name, before: resume ? run.description<PretrainConfig>() : undefined };
  };
  const opened = leads ? openRun() : { name: '', before: undefined };
  const { name, before } = broadcastValue(communicator, opened);
  const run = Run.at(expDir, name);
  if (before !== undefined) config = resumedOptions(OPTIONS, before.config, flags);

  const share = shareOfHost(config, job.localWorldSize);
  const { engine, data } = await startSession({ ...config, ...share }, before?.dataset ?? config.dataset);
  checkBatchSize(data.train, config.batchSize, communicator.worldSize);
  const facts = { command, engine, dataset: data.name, ranks: communicator.worldSize };
  await job.settle(run.folder, restartOf(run));
  const description = leads ? enterRun(run, config, facts, before) : undefined;
  communicator.barrier(); // the run is there
  const { encoder, ...result } = await train({ ...config, ...share }, data, run, job);
  const summary = summarise(run, data.name, engine.name, result, encoder);
  if (description === undefined) return summary;
  if (summary.ending === 'finished') run.write('summary.json', summary);
  run.log(`${summary.ending} after step ${summary.steps}`);
  return summary;
}

/** Trains, and writes the encoder as it is at the end. */
async function train(
  config: PretrainConfig,
  data: DataSplits,
  run: Run,
  { communicator, signal }: Job,
): Promise<TrainingResult & { encoder: string }> {
  const { arch, stem, method, batchSize, seed, numWorkers, augmentation: preset, cropScale } = config;
  const { mean, std } = data;
  const augmentation = { preset, cropScale, seed, mean, std };
  const { rank, worldSize } = communicator;
  if (rank === 0) writeFileAtomic(run.path('views.png'), contactSheet(data.train, augmentation));
  const learner = new Learner(config, data.train.classes.length, communicator);
  const loader = new ViewLoader(data.train, { ...augmentation, batchSize, numWorkers, rank, worldSize });
  try {
    const task = new PretrainTask(learner, data, run, config.epochs);
    const lr = (config.baseLr * batchSize) / 256;
    const trainer = new Trainer(
      { ...config, lr },
      { task, train: data.train, loader, run, signal, communicator },
    );
    const result = await trainer.train();
    const encoder = run.path('encoder.safetensors');
    const step = String(result.progress.step);
    if (rank === 0) {
      const colours = { mean: mean.join(','), std: std.join(',') };
      const facts = { arch, stem, method, dataset: data.name, step };
      await saveEncoder(encoder, learner.encoder, { ...facts, ...colours });
    }
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
  dataset: string,
  engine: string,
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
    engine,
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
