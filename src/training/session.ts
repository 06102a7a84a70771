/** @file How every training command begins: engine, images, and what config.json says of them. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadDataset, type DataSplits } from '../data/index.js';
import { PROJECT_ROOT } from '../files.js';
import { TaskReporter } from '../progress.js';
import type { Restart } from '../ddp/index.js';
import type { Run, RunDescription } from '../runs/index.js';
import { tf, useEngine, type EngineInfo } from '../tensor/index.js';
import type { SessionConfig } from './options.js';

/**
 * Chooses the engine and loads the data set, telling the user about both.
 * @param dataset what to load, undefined to choose
 * @throws EngineError; UserError and CorruptFileError for data that cannot be used.
 */
export async function startSession(
  config: Pick<SessionConfig, 'engine' | 'threads' | 'dataDir' | 'download' | 'imageSize' | 'frames'>,
  dataset: string | undefined,
): Promise<{ engine: EngineInfo; data: DataSplits }> {
  const engine = await useEngine(config.engine, { threads: config.threads });
  console.log(`Engine: ${engine.name} ${engine.version}, ${engine.threads} threads.`);
  const { download, imageSize, frames, dataDir } = config;
  const loading = new TaskReporter();
  const data = await loadDataset(dataset, dataDir, {
    download,
    imageSize,
    frames,
    onProgress: (progress) => loading.show(progress),
  }).finally(() => loading.stop());
  console.log(
    `Data set: ${data.name}, ${data.train.count} training images, ${data.heldOut.count} held out` +
      `${data.reason === undefined ? '' : ` (${data.reason})`}.`,
  );
  return { engine, data };
}

/** What is left of the machine's cores and of --num-workers for each of the ranks that share them. */
export function shareOfHost(
  { threads, numWorkers }: Pick<SessionConfig, 'threads' | 'numWorkers'>,
  localWorldSize: number,
): Pick<SessionConfig, 'threads' | 'numWorkers'> {
  if (localWorldSize === 1) return { threads, numWorkers };
  const share = (count: number) => Math.max(1, Math.floor(count / localWorldSize));
  return { threads: threads ?? share(availableParallelism()), numWorkers: share(numWorkers) };
}

/** How this command line goes on with the run, once that has its config.json, which holds what a config file said. */
export function restartOf(run: Run): Restart {
  const given = process.argv.slice(2).filter((word) => word !== '--resume');
  for (const flag of ['--config', '--run-name']) {
    const at = given.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
    if (at >= 0) given.splice(at, given[at] === flag ? 2 : 1);
  }
  return { words: [...given, '--run-name', run.name, '--resume'], once: run.path('config.json') };
}

/**
 * Makes the folder of a new run, or notes that a stopped one goes on.
 * @param before what the run that goes on was started with
 */
export function enterRun<Config extends SessionConfig>(
  run: Run,
  config: Config,
  {
    command,
    engine,
    dataset,
    ranks,
  }: { command: string; engine: EngineInfo; dataset: string; ranks: number },
  before?: RunDescription<Config>,
): RunDescription<Config> {
  const description: RunDescription<Config> = {
    config: { ...config, runName: run.name, engine: engine.name, threads: engine.threads },
    command: before?.command ?? command,
    dataset,
    engine: { name: engine.name, version: engine.version, threads: engine.threads },
    versions: versions(),
    ranks,
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
  return description;
}

function versions(): Record<string, string> {
  const own = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
  return { encodergym: own.version, node: process.version, tfjs: tf.version_core };
}
