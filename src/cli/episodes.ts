/** @file Episodes one after the other, shown as they are played: what `record` and `play` share. */
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { RecordVideo, type Env, type Policy } from '../envs/index.js';
import { duration, ProgressReporter } from '../progress.js';
import { writeGallery } from '../recording/index.js';

/** Where an environment ends its episodes itself, by terminating, and a bad policy may never get there. */
export const DEFAULT_LIMIT = 1000;
/** The loop is synchronous; signals and the progress bar get their turn after so many steps. */
const STEPS_A_TURN = 8;

/** The policy of one episode. */
export type Player = (env: Env, seed: number) => Policy;

export interface PlayedEpisode {
  seed: number;
  return: number;
  length: number;
}

export interface EpisodePlan {
  episodes: number;
  /** Of the first episode; each further one has the next. */
  seed: number;
  /** Ends the present episode early. */
  signal: AbortSignal;
  /** The environment still shows the episode's end. */
  onEnd?: (episode: PlayedEpisode, index: number) => void;
}

/** Plays episodes and prints the return of each; closes the environment. @returns those that came to their end */
export async function playEpisodes(
  env: Env,
  player: Player,
  { episodes, seed, signal, onEnd }: EpisodePlan,
): Promise<PlayedEpisode[]> {
  const limit = env.spec?.maxEpisodeSteps ?? DEFAULT_LIMIT;
  const progress = new ProgressReporter(episodes * limit, 'frame');
  const start = performance.now();
  const played: PlayedEpisode[] = [];
  let steps = 0;
  for (let index = 0; index < episodes && !signal.aborted; index++) {
    const episode = { seed: seed + index, return: 0, length: 0 };
    const choose = player(env, episode.seed);
    let { observation } = env.reset({ seed: episode.seed });
    let ended = false;
    while (!ended && !signal.aborted) {
      const result = env.step(choose(observation));
      observation = result.observation;
      ended = result.terminated || result.truncated;
      episode.return += result.reward;
      episode.length++;
      steps++;
      if (episode.length % STEPS_A_TURN !== 0) continue;
      const rate = steps / ((performance.now() - start) / 1000);
      const done = index * limit + episode.length;
      const numbers = `episode ${index + 1}/${episodes} | return ${episode.return.toFixed(1)} | ${rate.toFixed(0)} frames/s`;
      progress.update(done, numbers, (episodes * limit - done) / rate);
      await setImmediate();
    }
    progress.message(
      `Episode ${index + 1}, seed ${episode.seed}: return ${episode.return.toFixed(1)}, ${episode.length} steps`,
    );
    if (!ended) break;
    played.push(episode);
    onEnd?.(episode, index);
  }
  env.close();
  if (env instanceof RecordVideo) {
    const frames = env.videos.reduce((total, video) => total + video.frames, 0);
    const seconds = (performance.now() - start) / 1000;
    console.log(`${frames} frames in ${duration(seconds)}, ${(frames / seconds).toFixed(0)} a second`);
  }
  return played;
}

/** The folder of an environment's recordings. */
export const recordingFolder = (output: string, env: string, ...parts: string[]): string =>
  join(output, env.replaceAll('/', '-'), ...parts);

/** Prints where videos are, and writes the page that shows them all. @returns the page's path */
export function showVideos(output: string, videos: readonly { path: string }[]): string {
  const gallery = writeGallery(output);
  for (const { path } of videos) console.log(shown(path));
  console.log(`All recordings: ${shown(gallery)}`);
  return gallery;
}

/** A path as short as it can be copied. */
function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
