/** @file Pictures of another size, each pixel the mean of the area it covers (OpenCV's INTER_AREA). */
import { UserError } from '../../../errors.js';
import type { Env } from '../env.js';
import type { Box } from '../spaces/index.js';
import { pictureBox, pictureSize, type PictureSize } from './boxes.js';
import { ObservationWrapper } from './wrapper.js';

/** For each new pixel along one side: the old ones that it covers, from `first`, and their shares, which sum to 1. */
interface Cover {
  first: number;
  shares: Float64Array;
}

function covers(from: number, to: number): Cover[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [left, right] = [i * scale, Math.min(from, (i + 1) * scale)];
    const first = Math.floor(left);
    const shares = Float64Array.from({ length: Math.ceil(right) - first }, (_, j) => {
      const pixel = first + j;
      return (Math.min(right, pixel + 1) - Math.max(left, pixel)) / scale;
    });
    return { first, shares };
  });
}

/** Pictures become `[height, width]` with as many channels as they had, made smaller or larger. */
export class ResizeObservation<Action> extends ObservationWrapper<Uint8Array, Action> {
  readonly observationSpace: Box<'uint8'>;
  private readonly from: PictureSize;
  private readonly rows: Cover[];
  private readonly columns: Cover[];
  /** Old rows of the new width. */
  private readonly narrow: Float64Array;

  /** @throws UserError unless observations are pictures and the new sides whole numbers from 1. */
  constructor(
    env: Env<Uint8Array, Action>,
    readonly shape: readonly [height: number, width: number],
  ) {
    super(env);
    const [height, width] = shape;
    if (!shape.every((side) => Number.isInteger(side) && side >= 1)) {
      throw new UserError(`ResizeObservation expects [height, width] from 1, found [${shape.join(', ')}].`);
    }
    this.from = pictureSize('ResizeObservation', env.observationSpace);
    const hasChannels = (env.observationSpace as Box<'uint8'>).shape.length === 3;
    this.observationSpace = pictureBox(hasChannels ? [...shape, this.from.channels] : shape);
    this.rows = covers(this.from.height, height);
    this.columns = covers(this.from.width, width);
    this.narrow = new Float64Array(this.from.height * width * this.from.channels);
  }

  observation(inner: Uint8Array): Uint8Array {
    const { from, rows, columns, narrow } = this;
    const { channels } = from;
    const stride = columns.length * channels;
    for (let y = 0; y < from.height; y++) {
      const source = y * from.width * channels;
      columns.forEach(({ first, shares }, x) => {
        for (let channel = 0; channel < channels; channel++) {
          let sum = 0;
          for (let j = 0; j < shares.length; j++)
            sum += shares[j] * inner[source + (first + j) * channels + channel];
          narrow[y * stride + x * channels + channel] = sum;
        }
      });
    }
    const resized = this.observationSpace.empty();
    rows.forEach(({ first, shares }, y) => {
      for (let i = 0; i < stride; i++) {
        let sum = 0;
        for (let j = 0; j < shares.length; j++) sum += shares[j] * narrow[(first + j) * stride + i];
        resized[y * stride + i] = Math.round(sum);
      }
    });
    return resized;
  }
}
