/**
 * @file The safetensors format: 8 bytes of header length, a JSON header, raw little-endian tensors. Nothing in a
 * file is ever executed, and a file that is not exactly what its header promises is refused.
 * https://github.com/huggingface/safetensors#format
 */
import { readFileSync } from 'node:fs';
import { CorruptFileError } from '../errors.js';
import { fileError, writeFileAtomic } from '../files.js';

/** Element types; 16-bit floats stay as their bits in a Uint16Array (`toFloat32` converts). */
const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

export type DType = keyof typeof ARRAYS;

export type StoredValues =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** A tensor as a file holds it. */
export interface StoredTensor {
  dtype: DType;
  shape: number[];
  data: StoredValues;
}

export interface SafetensorsFile {
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

const MAX_HEADER = 100_000_000;
const sizeOf = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);

/**
 * Writes tensors to a file, whole or not at all.
 * @throws UserError when the disk is full or the folder cannot be written.
 */
export function saveSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  // Wide elements first keeps every tensor aligned to its element, as the reference implementation does.
  const width = ({ dtype }: StoredTensor) => ARRAYS[dtype].BYTES_PER_ELEMENT;
  const ordered = [...tensors].sort(([a, s], [b, t]) => width(t) - width(s) || (a < b ? -1 : 1));
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    if (data.length !== sizeOf(shape) || data.BYTES_PER_ELEMENT !== ARRAYS[dtype].BYTES_PER_ELEMENT) {
      throw new RangeError(
        `Tensor "${name}": ${data.length} elements do not make ${dtype} [${shape.join(', ')}].`,
      );
    }
    header[name] = { dtype, shape, data_offsets: [offset, (offset += data.byteLength)] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  start.writeBigUInt64LE(BigInt(start.length - 8));
  json.copy(start, 8);
  const bodies = ordered.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  writeFileAtomic(path, [start, ...bodies]);
}

/**
 * Reads a file written by any safetensors library.
 * @throws UserError when it cannot be read; CorruptFileError when it is truncated or not what its header says.
 */
export function loadSafetensors(path: string): SafetensorsFile {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch (error) {
    throw fileError(error, 'read', path);
  }
  const { header, body } = readHeader(path, file);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw corrupt(path, 'its __metadata__ is not a map of strings');
  }
  const described = Object.entries(entries).map(([name, entry]) => readEntry(path, name, entry));
  let expected = 0;
  for (const { name, begin, end } of [...described].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== expected) {
      throw corrupt(
        path,
        `tensor "${name}" begins at byte ${begin}, expected ${expected} (a gap or an overlap)`,
      );
    }
    expected = end;
  }
  if (expected !== body.length) {
    const guess = expected > body.length ? ': it was probably cut off while it was copied or downloaded' : '';
    throw corrupt(path, `its header promises ${expected} bytes of tensors, it holds ${body.length}${guess}`);
  }
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of described) {
    const bytes = Uint8Array.from(body.subarray(begin, end)); // a copy, so that it is aligned
    tensors.set(name, { dtype, shape, data: new ARRAYS[dtype](bytes.buffer) });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

/** The values of a floating-point tensor; undefined if it holds anything else. */
export function toFloat32({ dtype, data }: StoredTensor): Float32Array | undefined {
  if (dtype === 'F32') return data as Float32Array;
  if (dtype === 'F64') return Float32Array.from(data as Float64Array);
  if (dtype === 'BF16')
    return new Float32Array(Uint32Array.from(data as Uint16Array, (bits) => bits << 16).buffer);
  if (dtype === 'F16') return Float32Array.from(data as Uint16Array, halfToNumber);
  return undefined;
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

function readHeader(path: string, file: Buffer): { header: Record<string, unknown>; body: Buffer } {
  if (file.length < 8) throw corrupt(path, `it has ${file.length} bytes, too few for a header`);
  const length = file.readBigUInt64LE();
  if (length > MAX_HEADER || length > file.length - 8) {
    throw corrupt(path, `its header should take ${length.toString()} bytes, ${file.length - 8} are left`);
  }
  const body = file.subarray(8 + Number(length));
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, 8 + Number(length)));
    const header = JSON.parse(text) as unknown;
    if (isRecord(header)) return { header, body };
  } catch {
    // Falls through to the one message for every way of not being JSON.
  }
  throw corrupt(path, 'its header is not a JSON object');
}

function readEntry(path: string, name: string, entry: unknown) {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (typeof dtype !== 'string' || !Object.hasOwn(ARRAYS, dtype)) {
    throw corrupt(path, `tensor "${name}" has the unknown type ${JSON.stringify(dtype)}`);
  }
  if (!isCounts(shape)) throw corrupt(path, `tensor "${name}" has the shape ${JSON.stringify(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw corrupt(path, `tensor "${name}" has the offsets ${JSON.stringify(offsets)}`);
  }
  const type = dtype as DType;
  const bytes = sizeOf(shape) * ARRAYS[type].BYTES_PER_ELEMENT;
  const [begin, end] = offsets;
  if (end - begin !== bytes) {
    throw corrupt(
      path,
      `tensor "${name}" (${dtype} [${shape.join(', ')}]) needs ${bytes} bytes, has ${end - begin}`,
    );
  }
  return { name, dtype: type, shape, begin, end };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);

const corrupt = (path: string, what: string) =>
  new CorruptFileError(`${path} is not a sound safetensors file: ${what}. Copy, download or write it again.`);
