/**
 * @file A TensorFlow.js backend whose tensors live in native memory. JavaScript holds a handle and a reference count
 * per tensor; bytes cross over only in `write` and `readSync`. int32 and bool are both stored as 32-bit integers.
 */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../../errors.js';
import type { NativeAddon } from './native.js';

export const BACKEND_NAME = 'onednn';

interface Entry {
  handle: number;
  dtype: tf.DataType;
  size: number;
  references: number;
}

export class OnednnBackend extends tf.KernelBackend {
  private readonly entries = new Map<object, Entry>();

  constructor(readonly native: NativeAddon) {
    super();
  }

  /** Memory for a tensor of this shape; its contents are undefined. */
  output(shape: number[], dtype: tf.DataType): tf.TensorInfo {
    if (dtype === 'string' || dtype === 'complex64') {
      throw new EngineError(
        `The onednn engine holds float32, int32 and bool tensors, not ${dtype}: use --engine cpu.`,
      );
    }
    const size = tf.util.sizeFromShape(shape);
    const dataId = {};
    this.entries.set(dataId, { handle: this.native.allocate(size * 4), dtype, size, references: 1 });
    return { dataId, shape, dtype };
  }

  /** The native buffer of a tensor. */
  handleOf(tensor: { dataId: object }): number {
    return this.entryOf(tensor.dataId).handle;
  }

  /**
   * The native buffer of a variable about to be updated in place. Data that other tensors share (clones, reshapes, the
   * tensor it was made from) is copied first, so that they keep their values.
   */
  handleForUpdate(variable: tf.Variable): number {
    const entry = this.entryOf(variable.dataId);
    if (entry.references === 1) return entry.handle;
    const copy = this.output(variable.shape, variable.dtype);
    const handle = this.handleOf(copy);
    this.native.copy(entry.handle, handle);
    const tensor = tf.engine().makeTensorFromTensorInfo(copy);
    variable.assign(tensor);
    tensor.dispose();
    return handle;
  }

  handlesOf(tensors: readonly { dataId: object }[]): Int32Array {
    return Int32Array.from(tensors, (tensor) => this.handleOf(tensor));
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const { dataId } = this.output(shape, dtype);
    if (values !== null && values !== undefined) this.fill(this.entryOf(dataId), values);
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    const info = this.output(shape, dtype);
    const entry = this.entryOf(info.dataId);
    this.entries.delete(info.dataId);
    this.entries.set(dataId, { ...entry, references: refCount });
    this.fill(entry, values);
  }

  override read(dataId: object): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override readSync(dataId: object): tf.BackendValues {
    const { handle, dtype, size } = this.entryOf(dataId);
    const values = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
    this.native.read(handle, values, 0);
    return dtype === 'bool' ? Uint8Array.from(values) : values;
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.entries.get(dataId);
    if (entry === undefined) return true;
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.native.release(entry.handle);
    this.entries.delete(dataId);
    return true;
  }

  override incRef(dataId: object): void {
    this.entryOf(dataId).references++;
  }

  override refCount(dataId: object): number {
    return this.entries.get(dataId)?.references ?? 0;
  }

  override numDataIds(): number {
    return this.entries.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {
    for (const { handle } of this.entries.values()) this.native.release(handle);
    this.entries.clear();
  }

  private entryOf(dataId: object): Entry {
    const entry = this.entries.get(dataId);
    if (entry === undefined) throw new EngineError('A tensor was used after it was disposed.', 1);
    return entry;
  }

  private fill({ handle, dtype }: Entry, values: tf.BackendValues): void {
    const typed =
      dtype === 'float32'
        ? isFloat32(values)
          ? values
          : Float32Array.from(values as ArrayLike<number>)
        : Int32Array.from(values as ArrayLike<number>);
    this.native.write(handle, typed, 0);
  }
}

// `instanceof` fails across the realms that jest makes.
function isFloat32(values: tf.BackendValues): values is Float32Array {
  return Object.prototype.toString.call(values) === '[object Float32Array]';
}
