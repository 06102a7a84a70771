import { expect, test } from '@jest/globals';
import { parseRange, typeOf } from '../../src/dashboard/send-file.js';

test.each([
  [undefined, undefined],
  ['bytes=0-', { first: 0, last: 99 }],
  ['bytes=0-0', { first: 0, last: 0 }],
  ['bytes=10-19', { first: 10, last: 19 }],
  ['bytes=90-1000', { first: 90, last: 99 }],
  ['bytes=-10', { first: 90, last: 99 }],
  ['bytes=-1000', { first: 0, last: 99 }],
])('of 100 bytes, %s is %j', (header, range) => {
  expect(parseRange(header, 100)).toEqual(range);
});

test.each([
  'bytes=100-',
  'bytes=20-10',
  'bytes=-0',
  'bytes=-',
  'bytes=0-0,5-9',
  'bytes=0-,0-,0-,0-',
  'bytes=-1-5',
  'bytes=1e3-',
  'bytes=99999999999999999999-',
  'lines=1-2',
  'nonsense',
])('of 100 bytes, %s is no range', (header) => {
  expect(parseRange(header, 100)).toBe('unsatisfiable');
});

test('an empty file has no range', () => {
  expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable');
  expect(parseRange('bytes=-5', 0)).toBe('unsatisfiable');
});

test('only files that the page shows are sent', () => {
  expect(typeOf('a/b.MP4')).toBe('video/mp4');
  for (const name of ['encoder.safetensors', 'key.pem', 'config', '.env', 'x.mp4.sh']) {
    expect(typeOf(name)).toBeUndefined();
  }
});
