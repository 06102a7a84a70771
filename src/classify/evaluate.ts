/**
 * @file The whole of `npm run eval:classify`: every encoder under every protocol, part of the labels and seed, each in a
 * folder of its own, so that a stopped evaluation goes on where it was; then the test labels, once; then the report.
 */
import { stratifiedIndices, type DataSplits } from '../data/index.js';
import { broadcastValue, type Job } from '../ddp/index.js';
import { UserError } from '../errors.js';
import { duration, ProgressReporter } from '../progress.js';
import { readConfigFile, resolveOptions, resumedOptions, Run, type GivenOptions } from '../runs/index.js';
import { enterRun, restartOf, shareOfHost, startSession } from '../training/index.js';
import {
  armFolder,
  EmbeddedEncoder,
  percentage,
  runArm,
  type ArmContext,
  type ArmName,
  type ArmSummary,
} from './arm.js';
import { CLASSIFY_OPTIONS, readLists, type ClassifyConfig, type ResolvedClassify } from './options.js';
import { readPredictions } from './predictions.js';
import { writeReport } from './report.js';
import { scoreArms, type ResultRow } from './score.js';
import { encoderSources, type EncoderSource, type Pretraining } from './sources.js';
import { Team, type PretrainOrder } from './team.js';
import { sealTestSet } from './test-set.js';

export interface EvaluateRequest {
  flags: GivenOptions<typeof CLASSIFY_OPTIONS>;
  /** Path of a config file. */
  file?: string;
  /** Go on with the evaluation of that --run-name. */
  resume?: boolean;
  /** The command line, for config.json. */
  command: string;
  /** The ranks to work on, and when to stop. */
  job: Job;
  /** What is known of pretraining, once the data set is. */
  pretraining: (config: ClassifyConfig, data: DataSplits) => Pretraining;
  /** Does on all ranks what `Pretraining.plan` made; whether it came to its end. */
  pretrain: (order: PretrainOrder, job: Job) => Promise<boolean>;
}

/** What an evaluation came to. */
export interface EvaluateSummary {
  name: string;
  /** The evaluation's folder. */
  run: string;
  ending: 'finished' | 'interrupted';
  dataset: string;
  /** Arms that have ended, of how many. */
  done: number;
  arms: number;
  /** Undefined until all arms have ended. */
  rows?: ResultRow[];
  /** Files for people to look at. */
  pictures?: string[];
}

/**
 * Evaluates encoders.
 * @returns undefined on ranks other than 0
 * @throws UserError for flags, data or files that cannot be used; DivergedError; EngineError.
 */
export async function evaluateEncoders(request: EvaluateRequest): Promise<EvaluateSummary | undefined> {
  const { job } = request;
  const { communicator } = job;
  // Rank 0 alone looks at the disk: other hosts may not see the folder.
  const opened = communicator.rank === 0 ? open(request) : undefined;
  const { name, before, config: own } = broadcastValue(communicator, opened)!;
  const share = shareOfHost(own, job.localWorldSize);
  const session = await startSession({ ...own, ...share }, before?.dataset ?? own.dataset);
  const { development: data, test } = sealTestSet(session.data);
  // Stages are stopped by one clock, not each by its own.
  const signal =
    own.timeBudget === undefined
      ? job.signal
      : AbortSignal.any([job.signal, AbortSignal.timeout(own.timeBudget * 60_000)]);
  const config = { ...own, timeBudget: undefined };
  const team = new Team({
    communicator,
    signal,
    config: { ...config, ...share },
    data,
    testImages: test.images,
    pretrain: (order) => request.pretrain(order, { ...job, signal, settle: () => Promise.resolve() }),
  });
  const run = Run.at(config.expDir, name);
  if (!team.leads) {
    await job.settle(run.folder, restartOf(run));
    await team.follow();
    return undefined;
  }
  const lists = readLists(config);
  const pretraining = request.pretraining(config, session.data);
  const sources = encoderSources(lists.encoders, { config, data, run, pretraining, team });
  const plan = armsOf(sources, lists, config);
  // A class without labels is told now, not after hours of training.
  for (const part of lists.labels) stratifiedIndices(data.train, part, config.seed);
  const ranks = communicator.worldSize;
  const about = { command: request.command, engine: session.engine, dataset: data.name, ranks };
  await job.settle(run.folder, restartOf(run));
  const description = enterRun<ClassifyConfig>(run, config, about, before);
  const summary = { name, run: run.folder, dataset: data.name, arms: plan.length };

  const context = { config, lists, data, testImages: test.images, team, signal, ...reporting(run) };
  const ended = await runArms(plan, sources, run, context);
  team.end();
  if (ended.length < plan.length) {
    run.log(`interrupted after ${ended.length} of ${plan.length} arms`);
    return { ...summary, ending: 'interrupted', done: ended.length };
  }
  const arms = ended.map((arm) => ({
    summary: arm,
    predictions: readPredictions(run.part(...armFolder(arm))),
  }));
  // The one place where the labels of the test set are read: nothing is chosen or trained after it.
  const labels = test.open();
  const scores = scoreArms(arms, labels, data.train.classes);
  const pictures = await writeReport({ run, description, data, test, labels, sources, arms, scores });
  run.write('summary.json', {
    ...summary,
    ending: 'finished',
    done: plan.length,
    rows: scores.rows,
    pictures,
  });
  run.log('finished');
  return { ...summary, ending: 'finished', done: plan.length, rows: scores.rows, pictures };
}

/** The evaluation's name and settings, and what it was started with if it goes on. */
function open({ flags, file, resume = false }: EvaluateRequest) {
  if (resume && file !== undefined) {
    throw new UserError('--resume goes on with the config of the evaluation itself: leave --config out.');
  }
  const recipe = file === undefined ? undefined : { options: readConfigFile(CLASSIFY_OPTIONS, file), file };
  const config = resolveOptions(CLASSIFY_OPTIONS, flags, recipe);
  const run = resume
    ? Run.resume(config.expDir, config.runName)
    : Run.plan(config.expDir, config.runName, 'classification');
  const before = resume ? run.description<ClassifyConfig>() : undefined;
  const resolved = before === undefined ? config : resumedOptions(CLASSIFY_OPTIONS, before.config, flags);
  readLists(resolved); // refused before data are loaded
  return { name: run.name, before, config: resolved };
}

/** Every arm, in the order in which they run: by seed, then by encoder. */
function armsOf(
  sources: readonly EncoderSource[],
  { protocols, labels }: ResolvedClassify,
  { seed, seeds }: ClassifyConfig,
): ArmName[] {
  const arms = Array.from({ length: seeds }, (_, i) => seed + i).flatMap((own) =>
    sources.flatMap(({ name, kind }) =>
      protocols
        // Random weights are frozen under their own name, and trained as "scratch".
        .filter((protocol) =>
          kind === 'scratch' ? protocol === 'finetune' : kind !== 'random' || protocol !== 'finetune',
        )
        .flatMap((protocol) =>
          labels.map((part): ArmName => ({ encoder: name, protocol, labels: part, seed: own })),
        ),
    ),
  );
  const idle = sources.find(({ name }) => !arms.some(({ encoder }) => encoder === name));
  if (idle !== undefined) {
    const use = idle.kind === 'scratch' ? 'finetune' : 'knn, linear or mlp';
    throw new UserError(
      `--encoder ${idle.name} has nothing to do under --protocol ${protocols.join(',')}: add ${use}, or leave it out.`,
    );
  }
  return arms;
}

/** Runs what has not ended before. @returns the summaries of all that have ended now, in order */
async function runArms(
  plan: readonly ArmName[],
  sources: readonly EncoderSource[],
  run: Run,
  context: ArmContext,
): Promise<ArmSummary[]> {
  const ended: ArmSummary[] = [];
  let embedded: { key: string; encoder: EmbeddedEncoder } | undefined;
  for (const name of plan) {
    const folder = run.part(...armFolder(name));
    if (!folder.finished) {
      if (context.signal.aborted) break;
      const key = `${name.encoder} ${name.seed}`;
      if (embedded?.key !== key) {
        embedded?.encoder.encoder.dispose();
        embedded = undefined;
        const source = sources.find(({ name: own }) => own === name.encoder)!;
        context.say(`${name.encoder}, seed ${name.seed}: ${source.description}`);
        const encoder = await source.load(name.seed);
        if (encoder === undefined) break;
        embedded = { key, encoder: new EmbeddedEncoder(encoder, context.team) };
      }
      const first = run.part(...armFolder({ ...name, seed: context.config.seed }));
      const settled =
        name.seed !== context.config.seed && first.finished
          ? first.read<ArmSummary>('summary.json').chosen
          : undefined;
      const summary = await runArm(name, embedded.encoder, folder, context, settled);
      if (summary === undefined) break;
      context.say(describeArm(summary));
    }
    ended.push(folder.read<ArmSummary>('summary.json'));
  }
  embedded?.encoder.encoder.dispose();
  return ended;
}

function describeArm({ encoder, protocol, labels, seed, chosen, seconds }: ArmSummary): string {
  const settings = Object.entries(chosen.settings).map(([name, value]) => `${name} ${value}`);
  return (
    `${encoder}, seed ${seed}, ${protocol}, ${percentage(labels)} of the labels: held-out accuracy ` +
    `${(100 * chosen.accuracy).toFixed(1)} % (${settings.join(', ')}), ${duration(seconds)}`
  );
}

/** How an evaluation talks to the user: lines that stay, and a bar for heads. */
function reporting(run: Run): Pick<ArmContext, 'say' | 'onEpoch'> {
  let bar: ProgressReporter | undefined;
  let begun = 0;
  const end = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    say: (line) => {
      end();
      console.log(line);
      run.log(line);
    },
    onEpoch: (name, epoch, epochs, accuracy) => {
      if (bar === undefined) {
        bar = new ProgressReporter(epochs, `${name.protocol} epoch`);
        begun = Date.now();
      }
      const secondsLeft = ((Date.now() - begun) / 1000 / epoch) * (epochs - epoch);
      bar.update(epoch, `${name.protocol} | held-out accuracy ${(100 * accuracy).toFixed(1)} %`, secondsLeft);
      if (epoch === epochs) end();
    },
  };
}
