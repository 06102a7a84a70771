/**
 * @file A WebAssembly assembler of the few instructions that `kernels.ts` needs. Functions are written as expressions
 * (`set(x, plus(x, 4))`) and assembled when the program starts, so that there is no binary to ship and nothing to
 * compile at installation. https://webassembly.github.io/spec/core/binary
 */

/** Instructions, as bytes. */
export type Code = readonly number[];
export type ValueType = 'i32' | 'f32' | 'v128';
/** A local variable (its value), a whole number, or instructions that leave a value. */
export type Value = Local | number | Code;

/** What is used of the WebAssembly API, which TypeScript knows only together with a browser's. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => WasmModule;
  Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  Instance: new (module: WasmModule, imports: object) => { readonly exports: unknown };
};
/** A compiled module. */
export type WasmModule = object;

const PAGE_BYTES = 65536;
const TYPES: Record<ValueType, number> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const VOID_BLOCK = 0x40;

/** A parameter or a local variable of a function. */
export class Local {
  constructor(
    readonly index: number,
    readonly type: ValueType,
  ) {}
}

/** Instructions that push the value. */
function push(value: Value): Code {
  if (value instanceof Local) return [0x20, ...unsigned(value.index)];
  return typeof value === 'number' ? [0x41, ...signed(value)] : value;
}

const operation =
  (...opcode: number[]) =>
  (...operands: Value[]): Code => [...operands.flatMap(push), ...opcode];

const vector = (opcode: number) => operation(0xfd, ...unsigned(opcode));

// Whole numbers and addresses.
export const plus = operation(0x6a);
export const minus = operation(0x6b);
export const times = operation(0x6c);
export const below = operation(0x49);

// Four floats at a time.
export const splat = vector(0x13);
export const add4 = vector(0xe4);
export const subtract4 = vector(0xe5);
export const multiply4 = vector(0xe6);
export const divide4 = vector(0xe7);
export const min4 = vector(0xe8);
export const max4 = vector(0xe9);
export const sqrt4 = vector(0xe3);
/** All bits of a lane set where the first operand's is the larger. */
export const greater4 = vector(0x44);
export const and4 = vector(0x4e);

/** The same float in all four lanes. */
export function constant4(value: number): Code {
  const bytes = new Uint8Array(Float32Array.of(value, value, value, value).buffer);
  return [0xfd, ...unsigned(12), ...bytes];
}

/** Four floats from an address and a constant number of bytes beyond. */
export const load4 = (address: Value, offset = 0): Code => [
  ...push(address),
  0xfd,
  0,
  2,
  ...unsigned(offset),
];

/** One float from an address, in all four lanes. */
export const loadSplat = (address: Value): Code => [...push(address), 0xfd, 9, 2, 0];

export const store4 = (address: Value, value: Value, offset = 0): Code => [
  ...push(address),
  ...push(value),
  ...[0xfd, 11, 2],
  ...unsigned(offset),
];

export const set = (local: Local, value: Value): Code => [...push(value), 0x21, ...unsigned(local.index)];

/** Runs the body, and again as long as the condition is not zero. */
export const loopWhile = (condition: Value, ...body: Code[]): Code => [
  ...[0x03, VOID_BLOCK],
  ...body.flat(),
  ...push(condition),
  ...[0x0d, 0, 0x0b],
];

/** A function that returns nothing. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/**
 * Writes a function.
 * @param parameters names and types, in the order of the call
 * @param write receives the parameters by name, and a maker of local variables; returns the instructions
 */
export function defineFunction<Name extends string>(
  name: string,
  parameters: Record<Name, ValueType>,
  write: (parameters: Record<Name, Local>, local: (type: ValueType) => Local) => Code[],
): WasmFunction {
  const types = Object.values<ValueType>(parameters);
  const named = Object.keys(parameters).map((key, index) => [key, new Local(index, types[index])]);
  const locals: ValueType[] = [];
  const local = (type: ValueType) => new Local(types.length + locals.push(type) - 1, type);
  const body = write(Object.fromEntries(named) as Record<Name, Local>, local).flat();
  return { name, parameters: types, locals, body };
}

/** Compiles functions into a module that exports them by name and imports its memory as `env.memory`. */
export function compileModule(functions: readonly WasmFunction[]): WasmModule {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...list(parameters.map((type) => [TYPES[type]])),
    ...list([]),
  ]);
  const memory = [...text('env'), ...text('memory'), ...[2, 0, 1]];
  const exported = functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...list(locals.map((type) => [1, TYPES[type]])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  const sections: [id: number, content: Code][] = [
    [1, list(types)],
    [2, list([memory])],
    [3, list(functions.map((_, index) => unsigned(index)))],
    [7, list(exported)],
    [10, list(bodies)],
  ];
  const bytes = sections.flatMap(([id, content]) => [id, ...unsigned(content.length), ...content]);
  return new WebAssembly.Module(Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes]));
}

/** The module's functions on a memory of their own, all zero at first. */
export function instantiate<Functions>(
  module: WasmModule,
  bytes: number,
): { functions: Functions; memory: ArrayBuffer } {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { functions: exports as Functions, memory: memory.buffer };
}

const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];

const text = (value: string): Code => [...unsigned(value.length), ...Buffer.from(value)];

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  const [byte, rest] = [value & 127, value >> 7];
  const last = (rest === 0 && byte < 64) || (rest === -1 && byte >= 64);
  return last ? [byte] : [byte | 128, ...signed(rest)];
}
