/** @file Pixel observations: the environment's drawing, straight at the size that the agent sees. */
import { UserError } from '../../../errors.js';
import { Rasterizer, type RasterizerOptions } from '../../../recording/index.js';
import type { Env } from '../env.js';
import type { Box } from '../spaces/index.js';
import { pictureBox } from './boxes.js';
import { ObservationWrapper } from './wrapper.js';

/**
 * Observations are pictures `[height, width, channels]` of bytes, instead of what the environment observes. Default: RGB
 * in the size of the environment's screen.
 *
 * @example new AddRenderObservation(make('CartPole-v1'), { width: 84, height: 84, channels: 1 })
 */
export class AddRenderObservation<Action> extends ObservationWrapper<Uint8Array, Action, unknown> {
  readonly observationSpace: Box<'uint8'>;
  private readonly rasterizer: Rasterizer;

  /** @throws UserError for an environment that draws nothing. */
  constructor(env: Env<unknown, Action>, options: RasterizerOptions = {}) {
    super(env);
    if (env.screen === undefined || env.draw === undefined) {
      throw new UserError(
        'AddRenderObservation expects an environment that can be seen: give it a `screen` and a method `draw(painter)`.',
      );
    }
    this.rasterizer = new Rasterizer(env.screen, options);
    const { height, width, channels } = this.rasterizer;
    this.observationSpace = pictureBox([height, width, channels]);
  }

  observation(): Uint8Array {
    this.env.draw?.(this.rasterizer);
    return this.rasterizer.pixels.slice();
  }
}
