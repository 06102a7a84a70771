/** @file Pictures without colours. */
import { UserError } from '../../../errors.js';
import { luma } from '../../../recording/index.js';
import type { Env } from '../env.js';
import type { Box } from '../spaces/index.js';
import { pictureBox, pictureSize } from './boxes.js';
import { ObservationWrapper } from './wrapper.js';

export interface GrayscaleOptions {
  /** `[height, width, 1]` instead of `[height, width]`. */
  keepDim?: boolean;
}

/** RGB pictures `[height, width, 3]` become grey, rounded down, with Gymnasium's weights. */
export class GrayscaleObservation<Action> extends ObservationWrapper<Uint8Array, Action> {
  readonly observationSpace: Box<'uint8'>;

  /** @throws UserError unless observations are RGB pictures. */
  constructor(env: Env<Uint8Array, Action>, { keepDim = false }: GrayscaleOptions = {}) {
    super(env);
    const { height, width, channels } = pictureSize('GrayscaleObservation', env.observationSpace);
    if (channels !== 3) {
      throw new UserError(
        `GrayscaleObservation expects RGB pictures, found ${String(env.observationSpace)}.`,
      );
    }
    this.observationSpace = pictureBox(keepDim ? [height, width, 1] : [height, width]);
  }

  observation(inner: Uint8Array): Uint8Array {
    const grey = new Uint8Array(inner.length / 3);
    for (let i = 0, from = 0; i < grey.length; i++, from += 3) {
      grey[i] = luma(inner[from], inner[from + 1], inner[from + 2]);
    }
    return grey;
  }
}
