/**
 * @file `npm run eval:rl`: agents learn on top of encoders, several seeds each, and are compared.
 *
 *   npm run eval:rl -- --encoder state,random --env CartPole-v1 --agent ppo --seeds 5
 *   npm run eval:rl -- --agent dqn --env CartPole-v1 --seeds 5
 */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import {
  AGENT_FLAGS,
  assemble,
  resolveAgentConfig,
  resolveArms,
  runComparison,
  type AgentConfig,
  type Arm,
} from '../agents/index.js';
import { UserError } from '../errors.js';
import { packageVersion, writeFileAtomic } from '../files.js';
import { ProgressReporter } from '../progress.js';
import { armCurves, armTable, mean, summariseArms } from '../report/index.js';
import {
  integer,
  operational,
  optional,
  resolveOptions,
  Run,
  text,
  type GivenOptions,
} from '../runs/index.js';
import { ENGINE_NAMES } from '../tensor/index.js';
import { addOptions, givenOptions, runCommand, typedCommand } from './command.js';

const COMPARISON_OPTIONS = {
  encoder: text('arms, separated by commas: state, ssl, supervised, random, paths of encoders', 'state'),
  seeds: integer('agents of each arm', 5, 1, 1000),
  runName: optional(text("the comparison's folder in --exp-dir (made from environment and agent)", '')),
  expDir: operational(text('folder of runs', 'runs')),
  workers: operational(integer('agents that learn at a time', availableParallelism(), 1, 1024)),
  engine: text('what computes embeddings', process.env.ENCODERGYM_ENGINE ?? 'auto', [
    'auto',
    ...ENGINE_NAMES,
  ]),
};
type Flags = GivenOptions<typeof COMPARISON_OPTIONS> & { config?: string; resume?: boolean };
const EXIT_CODES: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 };

/** What determines the result of a comparison. */
interface Setting {
  config: AgentConfig;
  arms: Arm[];
}

const command = new Command('eval:rl')
  .description(
    'Train agents on each arm, several seeds each, and compare what they reach. Settings come from ' +
      'configs/rl/AGENT-ENV.json, if there is one, unless --config names another file; flags override them.',
  )
  .option('--config <file>', 'JSON file of these options')
  .option('--resume', 'go on with the stopped comparison of that --run-name');
addOptions(command, { ...COMPARISON_OPTIONS, ...AGENT_FLAGS });

await runCommand(command, async (flags: Flags) => {
  const options = resolveOptions(COMPARISON_OPTIONS, givenOptions(COMPARISON_OPTIONS, flags));
  const { config, file } = resolveAgentConfig(givenOptions(AGENT_FLAGS, flags as GivenOptions), flags.config);
  const arms = resolveArms(options.encoder, options.expDir, config.env);
  // An environment and an agent that do not fit are told before any job begins.
  assemble(config, { name: 'state', kind: 'state' }, 0).close();
  const run = enter({ config, arms }, options, flags.resume === true);
  if (file !== undefined) console.log(`Settings: ${file}`);
  const count = arms.length * options.seeds;
  console.log(`${count} agents, ${config.steps} steps each, ${options.workers} at a time: ${run.folder}`);

  const stop = new AbortController();
  let exitCode = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      exitCode = EXIT_CODES[signal] ?? 1;
      stop.abort();
    });
  }
  const begun = Date.now();
  let before: number | undefined;
  const reporter = new ProgressReporter(count * config.steps);
  const comparison = await runComparison({
    arms,
    seeds: Array.from({ length: options.seeds }, (_, seed) => seed),
    folder: run.folder,
    settings: { config, engine: options.engine },
    workers: options.workers,
    signal: stop.signal,
    onProgress: (steps, total) => {
      before ??= steps; // what earlier processes have done tells nothing of the speed
      const rate = (steps - before) / ((Date.now() - begun) / 1000);
      reporter.update(steps, `${rate.toFixed(0)} steps/s`, (total - steps) / rate);
    },
    onEnd: (ended) => {
      const last = 'error' in ended ? undefined : ended.evaluations[ended.evaluations.length - 1];
      const found =
        last === undefined
          ? `failed: ${'error' in ended ? ended.error : ''}`
          : `return ${mean([last.episodes.map((episode) => episode.return)]).toFixed(1)}`;
      reporter.message(`${ended.arm}, seed ${ended.seed}: ${found}`);
    },
  }).finally(() => reporter.stop());

  const { results, failures, interrupted } = comparison;
  const names = arms.map(({ name }) => name);
  const summary = summariseArms(results, names);
  run.write('results.json', { command: typedCommand('eval:rl'), config, arms, results, failures, summary });
  if (summary.length > 0) {
    writeFileAtomic(run.path('curves.svg'), armCurves(`${config.env}, ${config.agent}`, results, names));
    console.log(`\n${armTable(summary)}\n\nEvery episode: ${run.path('results.json')}`);
    console.log(`Curves:        ${run.path('curves.svg')}`);
  }
  if (interrupted) {
    console.log(
      `\nStopped. What has ended is kept: add --run-name ${run.name} --resume to the command to go on.`,
    );
  } else if (failures.length === 0) run.write('summary.json', { summary });
  for (const { arm, seed, error } of failures) console.error(`Error: ${arm}, seed ${seed}: ${error}`);
  if (failures.length > 0) exitCode ||= 1;
  process.exitCode = exitCode;
  return { run: run.folder, summary, failures };
});

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
