/**
 * @file The inner loops of small networks as WebAssembly SIMD: four floats at a time, on any processor, with the same
 * bits on all of them (each sum has one order, whatever the size of the batch). Matrices are row by row with rows of
 * whole tiles: `TILE_COLUMNS` divides a row's length, `TILE_ROWS` the number of rows; what is beyond the real size is
 * zero, or never read.
 *
 * A register tile of 4 x 8 outputs is what 16 vector registers hold without spilling: about 20 GFLOP/s on a core
 * where TensorFlow.js's cost an operation (tens of microseconds) would be most of the time at these sizes.
 */
import {
  add4,
  and4,
  below,
  compileModule,
  constant4,
  defineFunction,
  divide4,
  greater4,
  instantiate,
  load4,
  loadSplat,
  loopWhile,
  max4,
  min4,
  minus,
  multiply4,
  plus,
  set,
  splat,
  sqrt4,
  store4,
  subtract4,
  times,
  type Code,
  type Local,
  type Value,
  type ValueType,
  type WasmModule,
} from './wasm.js';

export const TILE_ROWS = 4;
export const TILE_COLUMNS = 8;
/** Vectors of four floats in a row of a tile. */
const VECTORS = TILE_COLUMNS / 4;
const VECTOR_BYTES = 16;

/** The functions of a module's instance. Addresses and strides count bytes, `count` floats: a multiple of four. */
export interface Kernels {
  /**
   * c = a b + init: [m, n] = [m, k] [k, n] + [n]. `a` has any strides, so that it may be read transposed; `b` and `c`
   * have rows `bRow` and `cRow` apart. m is a multiple of `TILE_ROWS`, n of `TILE_COLUMNS`.
   */
  matmul(
    c: number,
    cRow: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    init: number,
    m: number,
    n: number,
    k: number,
  ): void;
  /** x = max(x, 0) */
  relu(x: number, count: number): void;
  /** x = tanh(x) */
  tanh(x: number, count: number): void;
  /** dx = dx where y > 0, else 0; y is the output of `relu`. */
  reluGradient(dx: number, y: number, count: number): void;
  /** dx = dx (1 - y^2); y is the output of `tanh`. */
  tanhGradient(dx: number, y: number, count: number): void;
  /**
   * Adam (Kingma and Ba, 2015): w -= rate m / (sqrt(v) correction + epsilon) after the moments' update by `scale`
   * times the gradient; rate = lr / (1 - beta1^t), correction = 1 / sqrt(1 - beta2^t).
   */
  adam(
    w: number,
    gradient: number,
    m: number,
    v: number,
    count: number,
    rate: number,
    correction: number,
    scale: number,
    epsilon: number,
  ): void;
  /** target += tau (source - target) */
  polyak(target: number, source: number, count: number, tau: number): void;
}

export const ADAM_BETA1 = 0.9;
export const ADAM_BETA2 = 0.999;

const matmul = defineFunction(
  'matmul',
  {
    c: 'i32',
    cRow: 'i32',
    a: 'i32',
    aRow: 'i32',
    aColumn: 'i32',
    b: 'i32',
    bRow: 'i32',
    init: 'i32',
    m: 'i32',
    n: 'i32',
    k: 'i32',
  },
  ({ c, cRow, a, aRow, aColumn, b, bRow, init, m, n, k }, local) => {
    const rows = Array.from({ length: TILE_ROWS }, (_, i) => i);
    const columns = Array.from({ length: VECTORS }, (_, j) => j);
    const [row, column, term, tileA, aAt, bAt, cAt] = rows.concat(4, 5, 6).map(() => local('i32'));
    const aAts = rows.map(() => local('i32'));
    const right = columns.map(() => local('v128'));
    const left = local('v128');
    const sums = rows.map(() => columns.map(() => local('v128')));

    const eachTerm = [
      ...columns.map((j) => set(right[j], load4(bAt, VECTOR_BYTES * j))),
      ...rows.flatMap((i) => [
        set(left, loadSplat(aAts[i])),
        ...columns.map((j) => set(sums[i][j], add4(sums[i][j], multiply4(left, right[j])))),
        set(aAts[i], plus(aAts[i], aColumn)),
      ]),
      set(bAt, plus(bAt, bRow)),
      set(term, minus(term, 1)),
    ];
    const eachTile = [
      ...rows.flatMap((i) =>
        columns.map((j) => set(sums[i][j], load4(plus(init, column), VECTOR_BYTES * j))),
      ),
      set(aAt, tileA),
      ...rows.flatMap((i) => [set(aAts[i], aAt), set(aAt, plus(aAt, aRow))]),
      set(bAt, plus(b, column)),
      set(term, k),
      loopWhile(term, ...eachTerm),
      ...rows.flatMap((i) => [
        ...columns.map((j) => store4(cAt, sums[i][j], VECTOR_BYTES * j)),
        set(cAt, plus(cAt, cRow)),
      ]),
      set(tileA, aAt),
      set(row, plus(row, TILE_ROWS)),
    ];
    const eachColumn = [
      set(row, 0),
      set(tileA, a),
      set(cAt, plus(c, column)),
      loopWhile(below(row, m), ...eachTile),
      set(column, plus(column, VECTOR_BYTES * VECTORS)),
    ];
    return [set(column, 0), loopWhile(below(column, times(n, 4)), ...eachColumn)];
  },
);

/** Applies a function to four floats at a time of arrays that are `count` floats long. */
function elementwise<Name extends string>(
  name: string,
  arrays: Record<Name, 'i32'>,
  scalars: readonly string[],
  write: (at: Record<Name, Local>, scalars: Record<string, Code>, temporary: () => Local) => Code[],
) {
  const parameters: Record<string, ValueType> = {
    ...arrays,
    count: 'i32',
    ...Object.fromEntries(scalars.map((scalar) => [scalar, 'f32'])),
  };
  return defineFunction(name, parameters, (at, local) => {
    const addresses = Object.keys(arrays).map((array) => at[array]);
    const splats = Object.fromEntries(scalars.map((scalar) => [scalar, splat(at[scalar])]));
    return [
      loopWhile(
        at.count,
        ...write(at, splats, () => local('v128')),
        ...addresses.map((address) => set(address, plus(address, VECTOR_BYTES))),
        set(at.count, minus(at.count, 4)),
      ),
    ];
  });
}

const relu = elementwise('relu', { x: 'i32' }, [], ({ x }) => [store4(x, max4(load4(x), constant4(0)))]);

const reluGradient = elementwise('reluGradient', { dx: 'i32', y: 'i32' }, [], ({ dx, y }) => [
  store4(dx, and4(load4(dx), greater4(load4(y), constant4(0)))),
]);

/** x P(x^2) / Q(x^2) for |x| up to 7.9, where tanh is 1 in float32: the coefficients of Eigen and XLA. */
const TANH_LIMIT = 7.90531110763549805;
const TANH_P = [
  -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8,
  1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3,
];
const TANH_Q = [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3];

const horner = (x: Value, coefficients: readonly number[]): Code =>
  coefficients.map(constant4).reduce((sum, coefficient) => add4(multiply4(sum, x), coefficient));

const tanh = elementwise('tanh', { x: 'i32' }, [], ({ x }, _, temporary) => {
  const [clamped, square] = [temporary(), temporary()];
  return [
    set(clamped, max4(min4(load4(x), constant4(TANH_LIMIT)), constant4(-TANH_LIMIT))),
    set(square, multiply4(clamped, clamped)),
    store4(x, divide4(multiply4(clamped, horner(square, TANH_P)), horner(square, TANH_Q))),
  ];
});

const tanhGradient = elementwise('tanhGradient', { dx: 'i32', y: 'i32' }, [], ({ dx, y }) => [
  store4(dx, multiply4(load4(dx), subtract4(constant4(1), multiply4(load4(y), load4(y))))),
]);

const adam = elementwise(
  'adam',
  { w: 'i32', gradient: 'i32', m: 'i32', v: 'i32' },
  ['rate', 'correction', 'scale', 'epsilon'],
  ({ w, gradient, m, v }, { rate, correction, scale, epsilon }, temporary) => {
    const [g, first, second] = [temporary(), temporary(), temporary()];
    const mixed = (kept: number, old: Value, fresh: Value) =>
      add4(multiply4(constant4(kept), old), multiply4(constant4(1 - kept), fresh));
    const denominator = add4(multiply4(sqrt4(second), correction), epsilon);
    return [
      set(g, multiply4(load4(gradient), scale)),
      set(first, mixed(ADAM_BETA1, load4(m), g)),
      set(second, mixed(ADAM_BETA2, load4(v), multiply4(g, g))),
      store4(m, first),
      store4(v, second),
      store4(w, subtract4(load4(w), divide4(multiply4(rate, first), denominator))),
    ];
  },
);

const polyak = elementwise(
  'polyak',
  { target: 'i32', source: 'i32' },
  ['tau'],
  ({ target, source }, { tau }) => [
    store4(target, add4(load4(target), multiply4(tau, subtract4(load4(source), load4(target))))),
  ],
);

const FUNCTIONS = [matmul, relu, tanh, reluGradient, tanhGradient, adam, polyak];
let compiled: WasmModule | undefined;

/** The kernels, and the memory that they work on. */
export function loadKernels(bytes: number): { functions: Kernels; memory: ArrayBuffer } {
  compiled ??= compileModule(FUNCTIONS);
  return instantiate<Kernels>(compiled, bytes);
}
