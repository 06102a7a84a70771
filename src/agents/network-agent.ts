/** @file What agents share: saving and loading of their networks, optimizers, generators and memories. */
import type { StoredTensor } from '../encoders/index.js';
import { CheckpointMismatchError } from '../errors.js';
import type { Generator, GeneratorState } from '../random/index.js';
import type { Metrics } from '../runs/index.js';
import type { Actions, Agent, AgentState, Outcome } from './agent.js';
import type { Optimizer, Trainable } from './networks/index.js';
import type { Frames } from './replay/index.js';

/** Arrays that an agent has gathered, by name. */
export type Memory = Record<string, Float32Array | Float64Array | Uint8Array>;

interface SavedJson {
  optimizers: Record<string, number>;
  generators: Record<string, GeneratorState>;
  progress: unknown;
}

export abstract class NetworkAgent implements Agent {
  /** By the first part of their parameters' names in files. */
  protected abstract readonly networks: Readonly<Record<string, Trainable>>;
  /** Of the networks, those that acting needs. */
  protected abstract readonly acting: readonly string[];
  protected abstract readonly optimizers: Readonly<Record<string, Optimizer>>;
  protected abstract readonly generators: Readonly<Record<string, Generator>>;

  abstract explore(inputs: Frames): Actions;
  abstract observe(outcome: Outcome): void;
  abstract learn(): Metrics | undefined;
  abstract leave(): void;
  abstract begin(frames: Frames): void;
  abstract exploit(inputs: Frames, n: number): Actions;

  /** What was gathered and not learnt yet, and counts of what was done. */
  protected abstract memory(): { arrays: Memory; progress: unknown };
  protected abstract setMemory(arrays: Memory, progress: unknown): void;

  policy(): Promise<Map<string, StoredTensor>> {
    return gather(this.acting, (name) => this.networks[name].parameters());
  }

  loadPolicy(tensors: ReadonlyMap<string, StoredTensor>): void {
    for (const name of this.acting) this.networks[name].load(part(tensors, name));
  }

  async state(): Promise<AgentState> {
    const names = Object.keys(this.networks);
    const parameters = await gather(names, (name) => this.networks[name].parameters());
    const moments = await gather(names, (name) => this.networks[name].moments());
    const { arrays, progress } = this.memory();
    const tensors = new Map<string, StoredTensor>();
    for (const [name, tensor] of parameters) tensors.set(`parameters.${name}`, tensor);
    for (const [name, tensor] of moments) tensors.set(`moments.${name}`, tensor);
    for (const [name, array] of Object.entries(arrays)) tensors.set(`memory.${name}`, stored(array));
    const json: SavedJson = {
      optimizers: mapValues(this.optimizers, ({ steps }) => steps),
      generators: mapValues(this.generators, (generator) => generator.getState()),
      progress,
    };
    return { tensors, json: { ...json } };
  }

  restore({ tensors, json }: AgentState): void {
    const { optimizers, generators, progress } = json as unknown as SavedJson;
    const [parameters, moments, memory] = ['parameters', 'moments', 'memory'].map((name) =>
      part(tensors, name),
    );
    for (const [name, network] of Object.entries(this.networks)) {
      network.load(part(parameters, name), part(moments, name));
    }
    for (const [name, optimizer] of Object.entries(this.optimizers)) optimizer.steps = optimizers[name];
    for (const [name, generator] of Object.entries(this.generators)) generator.setState(generators[name]);
    this.setMemory(
      Object.fromEntries([...memory].map(([name, { data }]) => [name, data as Float32Array])),
      progress,
    );
  }
}

/** Copies what a file holds into an array. @throws CheckpointMismatchError when the lengths differ. */
export function fill(to: Float32Array | Float64Array | Uint8Array, arrays: Memory, name: string): void {
  const from = arrays[name];
  if (from === undefined || from.length > to.length) {
    throw new CheckpointMismatchError(
      `"memory.${name}": expected up to ${to.length} numbers, found ${from?.length ?? 'nothing'}.`,
    );
  }
  to.set(from);
}

function stored(array: Float32Array | Float64Array | Uint8Array): StoredTensor {
  const dtypes = { 1: 'U8', 4: 'F32', 8: 'F64' } as const;
  return { dtype: dtypes[array.BYTES_PER_ELEMENT as 1 | 4 | 8], shape: [array.length], data: array };
}

/** Tensors of several networks under their names. */
async function gather(
  names: readonly string[],
  read: (name: string) => Promise<Map<string, StoredTensor>>,
): Promise<Map<string, StoredTensor>> {
  const all = new Map<string, StoredTensor>();
  for (const name of names) {
    for (const [key, tensor] of await read(name)) all.set(`${name}.${key}`, tensor);
  }
  return all;
}

/** Those tensors whose names begin with `name.`, without it. */
function part(tensors: ReadonlyMap<string, StoredTensor>, name: string): Map<string, StoredTensor> {
  const prefix = `${name}.`;
  const own = [...tensors].filter(([key]) => key.startsWith(prefix));
  return new Map(own.map(([key, tensor]) => [key.slice(prefix.length), tensor]));
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
