/**
 * @file Frames of an environment, as an agent that acts at random sees them: `env:CartPole-v1`. So an encoder can learn
 * from the world that it will act in. They are gathered once and cached; the same frames every time. Frames have no
 * labels, and the last ones are held out: those of episodes that training does not see.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AddRenderObservation, make } from '../../envs/index.js';
import { packageVersion } from '../../files.js';
import { cachedImages, cacheFolder } from '../image-cache.js';
import { imageSet } from '../image-set.js';
import type { Dataset, ReadContext } from './dataset.js';

export const FRAMES_PREFIX = 'env:';

const DEFAULT_SIDE = 64;
const DEFAULT_FRAMES = 10_000;
const SEED = 0;
/** Frames between two turns of the event loop. */
const TURN = 200;

/** The frames of the environment of that id. @throws UserError when there is none, or it cannot be seen, as it is read. */
export const envFrames = (id: string): Dataset => ({
  name: `${FRAMES_PREFIX}${id}`,
  description: `frames of ${id}, played at random`,
  layout: 'nothing: frames are made',
  archives: [],
  isSequence: true,
  locate: (dataDir) => dataDir,
  read: async (_, { dataDir, imageSize: side = DEFAULT_SIDE, frames = DEFAULT_FRAMES, onProgress }) => {
    const path = join(cacheFolder(dataDir), `${id}-${side}-${frames}.bin`);
    // What environments look like may change from version to version.
    const facts = [id, side, frames, SEED, packageVersion('.')];
    const env = seenEnv(id, side);
    const images = await cachedImages(path, facts, frames, side, (all) => gather(env, id, all, onProgress));
    env.close();
    const labels = new Int32Array(frames);
    return { train: imageSet(`${FRAMES_PREFIX}${id}`, ['unlabelled'], [side, side], images, labels) };
  },
});

const seenEnv = (id: string, side: number) =>
  new AddRenderObservation(make(id), { width: side, height: side });

/** Plays whole episodes until `images` is full: the first picture of each, and what every action led to. */
async function gather(
  env: AddRenderObservation<unknown>,
  id: string,
  images: Uint8Array,
  onProgress: ReadContext['onProgress'],
): Promise<void> {
  const bytes = env.observationSpace.flatSize;
  const total = images.length / bytes;
  env.actionSpace.seed(SEED);
  let ended = true;
  for (let frame = 0; frame < total; frame++) {
    if (ended) {
      images.set(env.reset(frame === 0 ? { seed: SEED } : {}).observation, frame * bytes);
      ended = false;
    } else {
      const { observation, terminated, truncated } = env.step(env.actionSpace.sample());
      images.set(observation, frame * bytes);
      ended = terminated || truncated;
    }
    if (frame % TURN !== 0) continue;
    onProgress?.({ task: `Gathering frames of ${id}`, done: frame, total, unit: 'frames' });
    await setImmediate();
  }
}
