/** @file safetensors: what is written comes back; what is damaged is refused, by name. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loadSafetensors, saveSafetensors, toFloat32, type StoredTensor } from '../../src/encoders/index.js';
import { CorruptFileError, UserError } from '../../src/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
const path = join(folder, 'a.safetensors');
afterAll(() => rmSync(folder, { recursive: true }));

const tensors = new Map<string, StoredTensor>([
  ['bytes', { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 255) }],
  ['counter', { dtype: 'I64', shape: [], data: BigInt64Array.of(-7n) }],
  ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) }],
  ['weight', { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1.5, -2, 3e-8, Infinity) }],
]);

test('a round trip keeps types, shapes, values and metadata', () => {
  saveSafetensors(path, tensors, { arch: 'résnet' });
  const file = loadSafetensors(path);
  expect(new Map([...file.tensors].sort())).toEqual(tensors);
  expect(file.metadata).toEqual({ arch: 'résnet' });
  const bytes = readFileSync(path);
  expect(bytes.readBigUInt64LE() % 8n).toBe(0n);
});

test('16-bit floats become numbers', () => {
  const half: StoredTensor = {
    dtype: 'F16',
    shape: [5],
    data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555),
  };
  expect([...toFloat32(half)!]).toEqual([1, -2, 2 ** -24, Infinity, 0.333251953125]);
  const brain: StoredTensor = { dtype: 'BF16', shape: [2], data: Uint16Array.of(0x3f80, 0xc0a0) };
  expect([...toFloat32(brain)!]).toEqual([1, -5]);
  expect(toFloat32(tensors.get('counter')!)).toBeUndefined();
});

describe('refused', () => {
  /** A file with this header and this many bytes of tensors. */
  const written = (header: unknown, bytes: number) => {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([length, json, Buffer.alloc(bytes)]);
  };
  const entry = (dtype: unknown, shape: unknown, ...offsets: unknown[]) => ({
    dtype,
    shape,
    data_offsets: offsets,
  });

  test.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /has 0 bytes/],
    ['a header longer than the file', Buffer.from('ffffffffffffff7f00', 'hex'), /header should take/],
    ['no JSON', written('{"a":', 0), /not a JSON object/],
    ['a JSON array', written([], 0), /not a JSON object/],
    ['bad UTF-8', Buffer.concat([written('', 0).fill(1, 0, 1), Buffer.of(0xff)]), /not a JSON object/],
    ['an unknown type', written({ a: entry('F128', [1], 0, 16) }, 16), /"a" has the unknown type "F128"/],
    ['an inherited name as type', written({ a: entry('constructor', [1], 0, 4) }, 4), /unknown type/],
    ['a negative extent', written({ a: entry('F32', [-1], 0, 4) }, 4), /"a" has the shape \[-1\]/],
    ['a fractional extent', written({ a: entry('F32', [0.5], 0, 2) }, 2), /"a" has the shape/],
    ['one offset', written({ a: entry('F32', [1], 0) }, 4), /"a" has the offsets \[0\]/],
    ['an entry that is no object', written({ a: 3 }, 4), /"a" has the unknown type/],
    ['too few bytes for a shape', written({ a: entry('F32', [2], 0, 4) }, 4), /needs 8 bytes, has 4/],
    ['a gap', written({ a: entry('F32', [1], 4, 8) }, 8), /begins at byte 4, expected 0/],
    [
      'an overlap',
      written({ a: entry('F32', [1], 0, 4), b: entry('F32', [1], 2, 6) }, 6),
      /"b" begins at byte 2/,
    ],
    ['a cut-off file', written({ a: entry('F32', [2], 0, 8) }, 7), /promises 8 bytes.*holds 7.*cut off/],
    ['bytes at the end', written({ a: entry('F32', [2], 0, 8) }, 9), /promises 8 bytes.*holds 9/],
    ['metadata of numbers', written({ __metadata__: { a: 1 } }, 0), /__metadata__/],
  ])('%s', (_, bytes, message) => {
    const bad = join(folder, 'bad.safetensors');
    writeFileSync(bad, bytes);
    const load = () => loadSafetensors(bad);
    expect(load).toThrow(CorruptFileError);
    expect(load).toThrow(message);
    expect(load).toThrow(bad);
  });

  test('a file that is not there', () => {
    expect(() => loadSafetensors(join(folder, 'none'))).toThrow(UserError);
    expect(() => loadSafetensors(join(folder, 'none'))).toThrow(/no such file/);
  });

  test('data that does not make its shape, before anything is written', () => {
    const wrong = new Map<string, StoredTensor>([
      ['a', { dtype: 'F32', shape: [3], data: new Float32Array(2) }],
    ]);
    expect(() => saveSafetensors(join(folder, 'none'), wrong)).toThrow(
      /"a": 2 elements do not make F32 \[3\]/,
    );
    expect(() => readFileSync(join(folder, 'none'))).toThrow(/ENOENT/);
  });
});
