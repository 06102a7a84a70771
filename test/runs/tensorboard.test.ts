/** @file Event files, read back by protobufjs, and the checksum against its published values. */
import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { EventWriter, crc32c, maskedCrc32c } from '../../src/runs/tensorboard.js';

/** The fields of TensorBoard's messages that a run writes: event.proto and summary.proto of TensorFlow. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Event {
    double wall_time = 1;
    int64 step = 2;
    oneof what {
      string file_version = 3;
      Summary summary = 5;
      SessionLog session_log = 7;
    }
  }
  message Summary {
    repeated Value value = 1;
    message Value {
      string tag = 1;
      float simple_value = 2;
    }
  }
  message SessionLog {
    int32 status = 1;
  }
`);
const Event = root.lookupType('Event');

interface ParsedEvent {
  wallTime: number;
  step?: number;
  fileVersion?: string;
  summary?: { value: { tag: string; simpleValue: number }[] };
  sessionLog?: { status: number };
}

/** The events of a TFRecord file, as protobufjs reads them; checks lengths and both checksums. */
function parseRecords(file: Buffer): ParsedEvent[] {
  const records: ParsedEvent[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 8)).toBe(maskedCrc32c(file.subarray(at, at + 8)));
    expect(file.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
    records.push(Event.toObject(Event.decode(data), { longs: Number }) as ParsedEvent);
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
  expect(version.fileVersion).toBe('brain.Event:2');
  expect(version.wallTime).toBeGreaterThan(1.6e9);
  expect(first.step).toBe(10);
  expect(first.summary?.value).toEqual([
    { tag: 'train/loss', simpleValue: 1.5 },
    { tag: 'eval/knn', simpleValue: 0.25 },
  ]);
  expect(second.step).toBe(3_000_000_000);
  expect(second.summary?.value).toEqual([{ tag: 'train/loss', simpleValue: -2 }]);
  expect(session).toMatchObject({ step: 300, sessionLog: { status: 1 } });
});
