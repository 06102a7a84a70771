/**
 * @file `npm run eval:rl`: agents learn on top of encoders, several seeds each, and are compared.
 *
 *   npm run eval:rl -- --encoder state,random --env CartPole-v1 --agent ppo --seeds 5
 *   npm run eval:rl -- --agent dqn --env CartPole-v1 --seeds 5
 */
import { Command } from 'commander';
import {
  AGENT_FLAGS,
  assemble,
  finalReturn,
  makingCommand,
  missingEncoders,
  recordComparison,
  resolveAgentConfig,
  resolveArms,
  runComparison,
  type AgentConfig,
  type Arm,
  type JobResult,
} from '../agents/index.js';
import { findEnv, make } from '../envs/index.js';
import { UserError } from '../errors.js';
import { packageVersion } from '../files.js';
import { ProgressReporter } from '../progress.js';
import type { VideoReport } from '../recording/index.js';
import { armCurves, armProfile, armTable, summariseArms, writePicture } from '../report/index.js';
import { resolveOptions, Run, type GivenOptions } from '../runs/index.js';
import { useEngine } from '../tensor/index.js';
import { addRunOptions, givenOptions, runCommand, stopOnSignals, typedCommand } from './command.js';
import { COMPARISON_OPTIONS, seesPictures } from './comparison-options.js';
import { recordingFolder, showVideos } from './episodes.js';
import { runScript } from './script.js';

type Flags = GivenOptions<typeof COMPARISON_OPTIONS> & {
  config?: string;
  resume?: boolean;
  auto?: boolean;
};

/** What determines the result of a comparison. */
interface Setting {
  config: AgentConfig;
  arms: Arm[];
}

const command = new Command('eval:rl').description(
  'Train agents on each arm, several seeds each, and compare what they reach. Settings come from ' +
    'configs/rl/AGENT-ENV.json, or AGENT-ENV-pixels.json if an arm sees pictures, unless --config names another file; ' +
    'flags override them.',
);
addRunOptions(command, { ...COMPARISON_OPTIONS, ...AGENT_FLAGS }, 'configs/rl/ppo-CartPole-v1.json');
command.option('--auto', 'make the encoders ssl and supervised, small ones, if there are none');
command.addHelpText(
  'after',
  `
Examples:
  npm run eval:rl -- --agent ppo --env CartPole-v1                           five agents from the true state
  npm run eval:rl -- --encoder state,random,runs/mine/encoder.safetensors    from pictures, through frozen encoders
  npm run eval:rl -- --encoder ssl,scratch+shift --auto                      makes the encoder ssl if there is none
  npm run eval:rl -- --run-name CartPole-v1-ppo --resume                     goes on with a stopped comparison`,
);

await runCommand(command, async (flags: Flags) => {
  const options = resolveOptions(COMPARISON_OPTIONS, givenOptions(COMPARISON_OPTIONS, flags));
  const { encoder, expDir } = options;
  const pictures = seesPictures(encoder);
  const given = givenOptions(AGENT_FLAGS, flags as GivenOptions);
  const { config, file } = resolveAgentConfig(given, flags.config, pictures);
  if (flags.auto === true) {
    for (const kind of missingEncoders(encoder, expDir, config.env)) {
      await runScript(...makingCommand(kind, expDir, config));
    }
  }
  const arms = resolveArms(encoder, expDir, config);
  // What does not fit is told before any job begins.
  if (pictures) await useEngine(options.engine, { threads: 1 });
  for (const arm of arms) assemble(config, arm, 0).close();
  const run = enter({ config, arms }, options, flags.resume === true);
  if (file !== undefined) console.log(`Settings: ${file}`);
  const count = arms.length * options.seeds;
  console.log(`${count} agents, ${config.steps} steps each, ${options.workers} at a time: ${run.folder}`);

  const { signal, exitCode } = stopOnSignals('ending; what has ended and the last checkpoints are kept');
  const begun = Date.now();
  let before: number | undefined;
  const reporter = new ProgressReporter(count * config.steps);
  const comparison = await runComparison({
    arms,
    seeds: Array.from({ length: options.seeds }, (_, seed) => seed),
    folder: run.folder,
    settings: { config, engine: options.engine },
    workers: options.workers,
    signal,
    onProgress: (steps, total) => {
      before ??= steps; // what earlier processes have done tells nothing of the speed
      const rate = (steps - before) / ((Date.now() - begun) / 1000);
      reporter.update(steps, `${rate.toFixed(0)} steps/s`, (total - steps) / rate);
    },
    onEnd: (ended) => {
      const found = 'error' in ended ? `failed: ${ended.error}` : `return ${finalReturn(ended).toFixed(1)}`;
      reporter.message(`${ended.arm}, seed ${ended.seed}: ${found}`);
    },
  }).finally(() => reporter.stop());

  const { results, failures, interrupted } = comparison;
  const names = arms.map(({ name }) => name);
  const summary = summariseArms(results, names, findEnv(config.env).spec.rewardThreshold);
  run.write('results.json', { command: typedCommand('eval:rl'), config, arms, results, failures, summary });
  if (summary.length > 0) {
    const title = `${config.env}, ${config.agent}`;
    const curves = await writePicture(run.path('curves'), armCurves(title, results, names));
    const profile = await writePicture(run.path('profile'), armProfile(title, results, names));
    console.log(`\n${armTable(summary)}\n\nEvery episode: ${run.path('results.json')}`);
    console.log(`Pictures:      ${[...curves, ...profile].join('\n               ')}`);
  }
  for (const { arm, seed, error } of failures) console.error(`Error: ${arm}, seed ${seed}: ${error}`);
  const films = options.video && results.length > 0 && !interrupted;
  const videos = films ? await record(run, config, names, results, { ...options, signal }) : undefined;
  // Finished means with its videos.
  if (signal.aborted) {
    console.log(
      `\nStopped. What has ended is kept: add --run-name ${run.name} --resume to the command to go on.`,
    );
  } else if (failures.length === 0) run.write('summary.json', { summary });
  process.exitCode = exitCode() || (failures.length > 0 ? 1 : 0);
  return { run: run.folder, summary, failures, videos };
});

/** Videos of the arms, if the environment can be seen. */
async function record(
  { folder, name }: Run,
  { env, agent }: AgentConfig,
  arms: readonly string[],
  results: readonly JobResult[],
  { output, engine, signal }: { output: string; engine: string; signal: AbortSignal },
): Promise<VideoReport[]> {
  if (make(env).screen === undefined) return [];
  console.log('');
  const place = recordingFolder(output, env);
  const plan = { env, agent, arms, results, folder, name, engine, signal, output: place };
  const onVideo = (title: string) => console.log(`Recording: ${title}`);
  const videos = await recordComparison({ ...plan, onVideo });
  showVideos(output, videos);
  return videos;
}

/** The folder of a new comparison, or of one that goes on. @throws UserError when its settings are not those it began with. */
function enter(
  setting: Setting,
  options: { runName?: string; expDir: string; engine: string },
  resume: boolean,
): Run {
  const { config } = setting;
  if (!resume) {
    const run = Run.plan(options.expDir, options.runName, `${config.env}-${config.agent}`);
    run.make({
      config: setting,
      command: typedCommand('eval:rl'),
      dataset: `env:${config.env}`,
      engine: { name: options.engine, version: 'chosen by each job', threads: 1 },
      versions: { encodergym: packageVersion('.') ?? '', node: process.version },
      started: new Date().toISOString(),
    });
    return run;
  }
  const run = Run.resume(options.expDir, options.runName);
  if (JSON.stringify(run.description<Setting>().config) === JSON.stringify(setting)) return run;
  throw new UserError(
    `The settings are not those that ${run.folder} began with (see its config.json): give the same command with --resume.`,
  );
}
