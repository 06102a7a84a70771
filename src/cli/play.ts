/**
 * @file `npm run play`: a trained agent plays new episodes and is recorded.
 *
 *   npm run play -- --agent runs/CartPole-v1-ppo
 *   npm run play -- --agent runs/CartPole-v1-ppo/state/seed-3 --episodes 10 --seed 100 --no-video
 */
import { join } from 'node:path';
import { Command } from 'commander';
import { findAgent, loadAgent } from '../agents/index.js';
import { RecordVideo, type Env } from '../envs/index.js';
import { UserError } from '../errors.js';
import { writeFileAtomic } from '../files.js';
import { encodePng, Rasterizer } from '../recording/index.js';
import { mean } from '../report/index.js';
import { flag, integer, resolveOptions, text, type GivenOptions } from '../runs/index.js';
import { ENGINE_NAMES } from '../tensor/index.js';
import { addOptions, givenOptions, runCommand, stopOnSignals } from './command.js';
import { playEpisodes, recordingFolder, showVideos } from './episodes.js';

const OPTIONS = {
  episodes: integer('how many', 1, 1),
  seed: integer('of the first episode; each further one has the next', 0, 0),
  video: flag('record each episode as mp4, with a picture of its end', true),
  output: text('folder; videos go to folders of environment and arm in it', 'recordings'),
  engine: text('what computes embeddings', process.env.ENCODERGYM_ENGINE ?? 'auto', [
    'auto',
    ...ENGINE_NAMES,
  ]),
};

const command = new Command('play')
  .description(
    'Let a trained agent play episodes by the best actions it knows. A folder with several agents means the one that ' +
      'reached the highest return.',
  )
  .option('--agent <path>', "folder of a comparison, an arm or an agent, or an agent's file");
addOptions(command, OPTIONS);
command.addHelpText(
  'after',
  `
Examples:
  npm run play -- --agent runs/CartPole-v1-ppo                                          the best of all its agents
  npm run play -- --agent runs/CartPole-v1-ppo/state/seed-3 --episodes 5 --seed 100     this one, on five episodes
  npm run play -- --agent runs/CartPole-v1-ppo/state --episodes 100 --no-video          returns only`,
);

await runCommand(command, async (flags: GivenOptions<typeof OPTIONS> & { agent?: string }) => {
  const { episodes, seed, video, output, engine } = resolveOptions(OPTIONS, givenOptions(OPTIONS, flags));
  if (flags.agent === undefined) {
    throw new UserError(
      '--agent is missing: give the folder of a trained agent, such as runs/CartPole-v1-ppo.',
    );
  }
  const path = findAgent(flags.agent);
  const { assembly, config, arm, seed: own } = await loadAgent(path, engine);
  console.log(`${config.agent} on ${config.env}, arm ${arm.name}, seed ${own}: ${path}`);
  const folder = recordingFolder(output, config.env, arm.name);
  const namePrefix = `${config.agent}-${own}-seed-${seed}`;
  const plain = assembly.makeEnv();
  const env = video
    ? new RecordVideo(plain, {
        folder,
        episodeTrigger: () => true,
        namePrefix,
        facts: { policy: `${config.agent}, ${arm.name}`, agent: path },
      })
    : plain;
  const { signal, exitCode } = stopOnSignals('finishing the video');
  const pictures: string[] = [];
  const played = await playEpisodes(env, assembly.policy, {
    episodes,
    seed,
    signal,
    onEnd: (_, index) => {
      if (video) pictures.push(savePicture(env, join(folder, `${namePrefix}-episode-${index}.png`)));
    },
  });
  assembly.close();
  const average = mean([played.map((episode) => episode.return)]);
  if (played.length > 1) console.log(`Mean return of ${played.length} episodes: ${average.toFixed(1)}`);
  process.exitCode = exitCode();
  const result = { agent: path, episodes: played, mean: average };
  if (!(env instanceof RecordVideo)) return result;
  const { videos } = env;
  return { ...result, videos, pictures, gallery: showVideos(output, videos) };
});

/** What the environment shows now, as a PNG of its own size. */
function savePicture(env: Env, path: string): string {
  const rasterizer = new Rasterizer(env.screen!);
  env.draw?.(rasterizer);
  writeFileAtomic(path, encodePng(rasterizer.frame()));
  return path;
}
