/** @file Bytes of pictures as images: how they lie, their colours, and shifts. */
import { beforeAll, expect, test } from '@jest/globals';
import { drawShifts, PictureReader, shiftPictures } from '../../src/agents/pictures.js';
import { Generator } from '../../src/random/index.js';
import { useEngine, type tf } from '../../src/tensor/index.js';

beforeAll(() => useEngine('cpu'));

const colours = { mean: [0.5, 0.25, 0], std: [0.5, 1, 2] };
const size = [2, 3] as const;
/** Two rows of two pictures: every byte another. */
const rows = Uint8Array.from({ length: 2 * 2 * 18 }, (_, i) => i);
const values = (tensor: tf.Tensor) => {
  const found = tensor.dataSync().slice();
  tensor.dispose();
  return found;
};
const normalised = (byte: number, colour: number) =>
  (byte / 255 - colours.mean[colour]) / colours.std[colour];

test('each picture is an image', () => {
  const images = new PictureReader({ ...colours, size, stack: 2, together: false }).read(rows, 2);
  expect(images.shape).toEqual([4, 2, 3, 3]);
  values(images).forEach((value, i) => expect(value).toBeCloseTo(normalised(rows[i], i % 3), 5));
});

test('the pictures of a row are channels of one image', () => {
  const images = new PictureReader({ ...colours, size, stack: 2, together: true }).read(rows, 2);
  expect(images.shape).toEqual([2, 2, 3, 6]);
  values(images).forEach((value, i) => {
    const [row, pixel, channel] = [Math.floor(i / 36), Math.floor(i / 6) % 6, i % 6];
    const byte = rows[(row * 2 + Math.floor(channel / 3)) * 18 + pixel * 3 + (channel % 3)];
    expect(value).toBeCloseTo(normalised(byte, channel % 3), 5);
  });
});

test('flow: the channels of earlier pictures are how they changed, eight times', () => {
  const options = { ...colours, size, stack: 2, together: true };
  const plain = values(new PictureReader(options).read(rows, 2));
  const flow = values(new PictureReader({ ...options, flow: true }).read(rows, 2));
  flow.forEach((value, i) =>
    expect(value).toBeCloseTo(i % 6 < 3 ? 8 * (plain[i + 3] - plain[i]) : plain[i], 4),
  );
});

test('a shift moves all pictures of a row; the pixels at the border repeat', () => {
  const moved = shiftPictures(rows, { size, stack: 2 }, Int32Array.of(1, -2, 0, 0));
  const red = (picture: number) => Array.from({ length: 6 }, (_, pixel) => moved[picture * 18 + 3 * pixel]);
  // One down: the first line twice. Two to the left: the last column everywhere.
  expect(red(0)).toEqual([6, 6, 6, 6, 6, 6]);
  expect(red(1)).toEqual([24, 24, 24, 24, 24, 24]);
  expect(moved.subarray(36)).toEqual(rows.subarray(36));
});

test('shifts are all from -most to most, by seed', () => {
  const shifts = drawShifts(new Generator(1), 500, 4);
  expect([...new Set(shifts)].sort((a, b) => a - b)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4]);
  expect(drawShifts(new Generator(1), 500, 4)).toEqual(shifts);
});
