/** @file From what environments show to frames: rows of numbers that replay keeps and networks take. */
import { Box, type Space } from '../envs/index.js';
import { UserError } from '../errors.js';
import type { Frames } from './replay/index.js';

/** Turns batches of an environment's observations (`Space.batch`) into frames. */
export interface Sensor {
  /** Numbers of a frame. */
  readonly frameSize: number;
  readonly dtype: 'float32' | 'uint8';
  /** Frames [n, frameSize] of n observations; may be the batch itself. */
  sense(observations: unknown, n: number): Frames;
}

/** Any observation as floats: numbers as they are, categories one-hot. */
export class StateSensor implements Sensor {
  readonly frameSize: number;
  readonly dtype = 'float32';

  constructor(private readonly space: Space) {
    this.frameSize = space.flatSize;
  }

  sense(observations: unknown, n: number): Float32Array {
    const { space, frameSize } = this;
    if (space instanceof Box && space.dtype === 'float32') return observations as Float32Array;
    const frames = new Float32Array(n * frameSize);
    for (let i = 0; i < n; i++) space.flattenInto(space.take(observations, i), frames, i * frameSize);
    return frames;
  }
}

/** Pictures as they are: RGB bytes [height, width, 3]. */
export class PictureSensor implements Sensor {
  readonly frameSize: number;
  readonly dtype = 'uint8';

  /** @throws UserError when the observations are not pictures. */
  constructor(space: Space) {
    pictureSize(space);
    this.frameSize = space.flatSize;
  }

  sense(observations: unknown): Uint8Array {
    return observations as Uint8Array;
  }
}

/** Height and width of an environment's pictures. @throws UserError when its observations are none. */
export function pictureSize(space: Space): [height: number, width: number] {
  if (space instanceof Box && space.dtype === 'uint8' && space.shape.length === 3 && space.shape[2] === 3) {
    return [space.shape[0], space.shape[1]];
  }
  throw new UserError(
    `Expected pictures, bytes [height, width, 3], as observations, found ${space.toString()}.`,
  );
}
