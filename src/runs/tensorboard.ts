/**
 * @file TensorBoard event files without TensorFlow: protocol buffers of a few fields in TFRecord frames.
 * https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 */
import { appendFileSync } from 'node:fs';
import { fileError } from '../files.js';

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C (Castagnoli) of bytes. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** TFRecord's masked checksum: rotated and shifted, so that data holding checksums do not confuse it. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Appends scalars to one event file. */
export class EventWriter {
  /** @param resumedAt the step a resumed run starts from: TensorBoard drops what earlier files say of later steps. */
  constructor(
    readonly path: string,
    resumedAt?: number,
  ) {
    this.append([...doubleField(1, now()), ...bytesField(3, Buffer.from('brain.Event:2'))]);
    if (resumedAt === undefined) return;
    const sessionStart = [...varintField(1, 1)];
    this.append([...doubleField(1, now()), ...varintField(2, resumedAt), ...bytesField(7, sessionStart)]);
  }

  /** One event with all values of a step. */
  scalars(step: number, values: Readonly<Record<string, number>>): void {
    const summary = Object.entries(values).flatMap(([tag, value]) =>
      bytesField(1, [...bytesField(1, Buffer.from(tag)), ...floatField(2, value)]),
    );
    this.append([...doubleField(1, now()), ...varintField(2, step), ...bytesField(5, summary)]);
  }

  private append(event: number[]): void {
    const data = Uint8Array.from(event);
    const frame = Buffer.alloc(12 + data.length + 4);
    frame.writeBigUInt64LE(BigInt(data.length));
    frame.writeUInt32LE(maskedCrc32c(frame.subarray(0, 8)), 8);
    frame.set(data, 12);
    frame.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
    try {
      appendFileSync(this.path, frame);
    } catch (error) {
      throw fileError(error, 'write', this.path);
    }
  }
}

const now = () => Date.now() / 1000;

function varint(value: number): number[] {
  const bytes: number[] = [];
  while (value >= 128) {
    bytes.push((value % 128) | 128);
    value = Math.floor(value / 128);
  }
  return [...bytes, value];
}

const varintField = (field: number, value: number) => [...varint(field * 8), ...varint(value)];
const bytesField = (field: number, bytes: ArrayLike<number>) => [
  ...varint(field * 8 + 2),
  ...varint(bytes.length),
  ...Array.from(bytes),
];

function doubleField(field: number, value: number): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...varint(field * 8 + 1), ...bytes];
}

function floatField(field: number, value: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return [...varint(field * 8 + 5), ...bytes];
}
