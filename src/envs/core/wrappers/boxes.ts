/** @file The boxes that wrappers for numbers and pictures need. */
import { UserError } from '../../../errors.js';
import { Box, isBox, type BoxDtype, type Space } from '../spaces/index.js';

/** The space as a box. @throws UserError for any other. */
export function expectBox(wrapper: string, space: Space): Box<BoxDtype> {
  if (isBox(space)) return space;
  throw new UserError(`${wrapper} expects a Box, found ${String(space)}.`);
}

/** The space as a box of one type. @throws UserError for any other. */
export function expectBoxOf<D extends BoxDtype>(wrapper: string, space: Space, dtype: D): Box<D> {
  const box = expectBox(wrapper, space);
  if (box.dtype === dtype) return box as unknown as Box<D>;
  throw new UserError(`${wrapper} expects a Box of ${dtype}, found ${String(space)}.`);
}

export interface PictureSize {
  height: number;
  width: number;
  channels: number;
}

/** The size of pictures `[height, width]` or `[height, width, channels]` of bytes. @throws UserError for other spaces. */
export function pictureSize(wrapper: string, space: Space): PictureSize {
  const { shape, low, high } = expectBoxOf(wrapper, space, 'uint8');
  const whole = low.every((value) => value === 0) && high.every((value) => value === 255);
  if (!whole || (shape.length !== 2 && shape.length !== 3)) {
    throw new UserError(
      `${wrapper} expects pictures, bytes from 0 to 255 of shape (height, width) or (height, width, channels), found ${String(space)}.`,
    );
  }
  const [height, width, channels = 1] = shape;
  return { height, width, channels };
}

/** The box of pictures of a shape. */
export const pictureBox = (shape: readonly number[]): Box<'uint8'> =>
  new Box({ low: 0, high: 255, shape, dtype: 'uint8' });
