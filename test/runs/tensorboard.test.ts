/** @file Event files, read back by a parser of their own, and the checksum against its published values. */
import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventWriter, crc32c, maskedCrc32c } from '../../src/runs/tensorboard.js';

type Field = number | Buffer;

/** The fields of a protocol buffer message, in order. */
function parseMessage(bytes: Buffer): [number, Field][] {
  const fields: [number, Field][] = [];
  let at = 0;
  const varint = () => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const [field, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) fields.push([field, varint()]);
    else if (wire === 1) fields.push([field, bytes.readDoubleLE((at += 8) - 8)]);
    else if (wire === 5) fields.push([field, bytes.readFloatLE((at += 4) - 4)]);
    else {
      const length = varint();
      fields.push([field, bytes.subarray(at, (at += length))]);
    }
  }
  expect(at).toBe(bytes.length);
  return fields;
}

/** The frames of a TFRecord file; checks lengths and both checksums. */
function parseRecords(file: Buffer): Map<number, Field>[] {
  const records: Map<number, Field>[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 8)).toBe(maskedCrc32c(file.subarray(at, at + 8)));
    expect(file.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
    records.push(new Map(parseMessage(data)));
    at += 16 + length;
  }
  return records;
}

test('CRC-32C of RFC 3720, appendix B.4', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
});

test('scalars come back with their steps, tags and values', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'encodergym-')), 'events.out.tfevents.1.test');
  const writer = new EventWriter(path);
  writer.scalars(10, { 'train/loss': 1.5, 'eval/knn': 0.25 });
  writer.scalars(3_000_000_000, { 'train/loss': -2 });
  new EventWriter(path, 300);
  const [version, first, second, , session] = parseRecords(readFileSync(path));
  expect(String(version.get(3))).toBe('brain.Event:2');
  expect(version.get(1)).toBeGreaterThan(1.6e9);
  expect(first.get(2)).toBe(10);
  const values = parseMessage(first.get(5) as Buffer).map(
    ([, value]) => new Map(parseMessage(value as Buffer)),
  );
  expect(values.map((value) => [String(value.get(1)), value.get(2)])).toEqual([
    ['train/loss', 1.5],
    ['eval/knn', 0.25],
  ]);
  expect(second.get(2)).toBe(3_000_000_000);
  expect(session.get(2)).toBe(300);
  expect(parseMessage(session.get(7) as Buffer)).toEqual([[1, 1]]);
});
