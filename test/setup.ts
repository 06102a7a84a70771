/** @file Long lists of numbers in `toEqual`, where Jest's own comparison takes a microsecond for each number. */
import { expect } from '@jest/globals';

type Numbers = ArrayLike<number>;

/** From here on it pays. */
const LONG = 64;

const isLong = (value: unknown): value is Numbers =>
  (ArrayBuffer.isView(value) || Array.isArray(value)) && (value as unknown as Numbers).length >= LONG;

/** Equal, different, or undefined: for Jest to compare, and to say where they differ. */
function sameNumbers(a: unknown, b: unknown): boolean | undefined {
  if (!isLong(a) || !isLong(b) || a.length !== b.length) return undefined;
  if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return undefined;
  for (let i = 0; i < a.length; i++) {
    if (typeof a[i] !== 'number' || !Object.is(a[i], b[i])) return undefined;
  }
  return true;
}

expect.addEqualityTesters([sameNumbers]);
