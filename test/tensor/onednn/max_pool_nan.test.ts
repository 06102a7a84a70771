/** @file A NaN does not vanish in max pooling, so that a run that has diverged is seen to have. */
import { expect, test } from '@jest/globals';
import { maxPool, tf } from '../../../src/tensor/index.js';
import { loadOnednn } from '../../../src/tensor/onednn/index.js';

loadOnednn({ threads: 2 });

/** [1, 5, 5, 19], with `value` at (y, x) in channels 2 and 18: the last is in what vectors of 8 or 16 leave over. */
function imageWith(value: number, y: number, x: number): tf.Tensor4D {
  const pixels = Float32Array.from({ length: 5 * 5 * 19 }, (_, i) => ((i * 37) % 101) - 50);
  for (const channel of [2, 18]) pixels[(y * 5 + x) * 19 + channel] = value;
  return tf.tensor4d(pixels, [1, 5, 5, 19]);
}

test.each([
  [0, 0],
  [1, 3],
  [2, 2],
  [4, 4],
])('every window over a NaN at (%d, %d) is NaN, and no other', async (y, x) => {
  await tf.setBackend('onednn');
  const found = Array.from(maxPool(imageWith(NaN, y, x), 3, 2, 1).dataSync());
  const expected = Array.from(maxPool(imageWith(-1000, y, x), 3, 2, 1).dataSync(), (value, i) => {
    const channel = i % 19;
    const column = Math.floor(i / 19) % 3;
    const row = Math.floor(i / 19 / 3);
    const covered = Math.abs(2 * row - y) <= 1 && Math.abs(2 * column - x) <= 1;
    return covered && (channel === 2 || channel === 18) ? NaN : value;
  });
  expect(expected.filter(Number.isNaN).length).toBeGreaterThan(0);
  expect(found).toEqual(expected);
});

test('a window of nothing but NaN and minus infinity is NaN, of minus infinity alone is that', async () => {
  await tf.setBackend('onednn');
  const pool = (pixels: number[]) => maxPool(tf.tensor4d(pixels, [1, 2, 2, 1]), 2, 2, 0).dataSync()[0];
  expect(pool([NaN, NaN, NaN, NaN])).toBeNaN();
  expect(pool([-Infinity, NaN, -Infinity, -Infinity])).toBeNaN();
  expect(pool([-Infinity, -Infinity, -Infinity, NaN])).toBeNaN();
  expect(pool([-Infinity, -Infinity, -Infinity, -Infinity])).toBe(-Infinity);
});

test("the gradient of a window with a NaN goes to one of its pixels, others' to their largest", async () => {
  await tf.setBackend('onednn');
  const pixels = tf.tensor4d([1, NaN, 5, 2, 3, 4, 7, 6], [1, 2, 4, 1]);
  const gradient = tf.grad((x: tf.Tensor) => maxPool(x as tf.Tensor4D, 2, 2, 0));
  const found = Array.from(gradient(pixels, tf.tensor4d([10, 20], [1, 1, 2, 1])).dataSync());
  expect(found).toEqual([10, 0, 0, 0, 0, 0, 20, 0]);
});
