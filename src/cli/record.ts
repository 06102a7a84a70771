/**
 * @file `npm run record`: plays episodes of an environment and leaves a video of each.
 *
 *   npm run record -- --env CartPole-v1
 *   npm run record -- --env LunarLander-v3 --policy heuristic --episodes 2 --seed 7
 */
import { Command } from 'commander';
import { UserError } from '../errors.js';
import { findEnv, heuristicFor, make, RecordVideo } from '../envs/index.js';
import {
  integer,
  number,
  optional,
  resolveOptions,
  text,
  type ConfigOf,
  type GivenOptions,
} from '../runs/index.js';
import { addOptions, givenOptions, runCommand, stopOnSignals } from './command.js';
import { DEFAULT_LIMIT, playEpisodes, recordingFolder, showVideos, type Player } from './episodes.js';

const OPTIONS = {
  env: text('environment: its id, such as LunarLander-v3', 'CartPole-v1'),
  policy: text('who plays', 'random', ['random', 'heuristic']),
  episodes: integer('how many', 1, 1),
  seed: integer('of the first episode; each further one has the next', 0, 0),
  maxSteps: optional(integer("steps after which an episode is cut off (the environment's own limit)", 0, 1)),
  fps: optional(number("frames a second (the environment's own)", 0, 0.1, 1000)),
  size: optional(text("size of the video, such as 600x400 (the environment's own)", '')),
  output: text('folder; videos go to a folder of the environment in it', 'recordings'),
};

type Config = ConfigOf<typeof OPTIONS>;

const randomPlayer: Player = (env, seed) => {
  env.actionSpace.seed(seed);
  return () => env.actionSpace.sample();
};

const command = new Command('record')
  .description(
    'Record videos of episodes. Each mp4 has a JSON of its facts beside it; index.html shows them all.',
  )
  .option('--option <name=value...>', "the environment's own options, such as enableWind=true");
addOptions(command, OPTIONS);
command.addHelpText(
  'after',
  `
Examples:
  npm run record -- --env LunarLander-v3 --policy heuristic --episodes 2 --seed 7
  npm run record -- --env LunarLander-v3 --policy heuristic --option enableWind=true windPower=10
  npm run record -- --env Pendulum-v1 --max-steps 100 --size 300x300 --output videos`,
);

await runCommand(command, async (flags: GivenOptions<typeof OPTIONS> & { option?: string[] }) => {
  const config = resolveOptions(OPTIONS, givenOptions(OPTIONS, flags));
  const env = openEnv(config, parseEnvOptions(flags.option ?? []));
  const { signal, exitCode } = stopOnSignals('finishing the video');
  const { episodes, seed, policy } = config;
  const player: Player = policy === 'random' ? randomPlayer : heuristicFor(config.env);
  await playEpisodes(env, player, { episodes, seed, signal });
  const { videos } = env;
  const gallery = showVideos(config.output, videos);
  process.exitCode = exitCode();
  return { videos, gallery };
});

/** The environment, recording; nothing is written yet. */
function openEnv(config: Config, options: Record<string, unknown>): RecordVideo<unknown, unknown> {
  const { policy, seed, fps, output } = config;
  const maxEpisodeSteps = config.maxSteps ?? findEnv(config.env).spec.maxEpisodeSteps ?? DEFAULT_LIMIT;
  const env = make(config.env, { ...options, maxEpisodeSteps });
  return new RecordVideo(env, {
    folder: recordingFolder(output, config.env),
    episodeTrigger: () => true,
    namePrefix: `${policy}-seed-${seed}`,
    fps,
    ...parseSize(config.size),
    facts: { policy },
  });
}

/** `name=value` pairs; values are JSON where they can be, text otherwise. */
function parseEnvOptions(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^(\w+)=(.+)$/.exec(pair) ?? [];
      if (name === undefined) throw new UserError(`--option: expected name=value, found "${pair}".`);
      try {
        return [name, JSON.parse(value) as unknown];
      } catch {
        return [name, value];
      }
    }),
  );
}

function parseSize(size: string | undefined): { width?: number; height?: number } {
  if (size === undefined) return {};
  const [, width, height] = /^(\d+)x(\d+)$/.exec(size) ?? [];
  if (width === undefined) throw new UserError(`--size: expected WIDTHxHEIGHT in pixels, found "${size}".`);
  return { width: Number(width), height: Number(height) };
}
