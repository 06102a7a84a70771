/** @file The addon's functions as TypeScript sees them. Tensors are integer handles of native buffers. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../files.js';

/** What build/onednn.node exports; see the C++ functions of the same names in native/onednn. */
export interface NativeAddon {
  allocate(bytes: number): number;
  release(handle: number): void;
  write(to: number, from: ArrayBufferView, byteOffset: number): void;
  read(from: number, to: ArrayBufferView, byteOffset: number): void;
  copy(from: number, to: number): void;
  address(of: number): number;
  usedBytes(): number;
  keptBytes(): number;
  trimPool(): void;
  threads(): number;
  setThreads(count: number): void;
  version(): string;
  instructionSet(): string;

  unaryNames(): string;
  testNames(): string;
  binaryNames(): string;
  unary(op: number, x: number, y: number, a: number, b: number): void;
  test(op: number, x: number, y: number): void;
  binary(op: number, a: number, b: number, out: number, layout: Int32Array): void;
  negateInts(x: number, y: number): void;
  absInts(x: number, y: number): void;
  logicalNot(x: number, y: number): void;
  chooseRuns(condition: number, a: number, b: number, out: number, inner: number): void;
  castFloatToInt(x: number, y: number): void;
  castIntToFloat(x: number, y: number): void;
  castFloatToBool(x: number, y: number): void;
  castIntToBool(x: number, y: number): void;
  fillFloats(out: number, value: number): void;
  fillInts(out: number, value: number): void;
  addMany(inputs: Int32Array, out: number): void;

  sum(x: number, y: number, outer: number, reduced: number, inner: number, scale: number): void;
  reduce(
    op: number,
    isFloat: boolean,
    x: number,
    y: number,
    outer: number,
    reduced: number,
    inner: number,
  ): void;
  argExtreme(
    x: number,
    y: number,
    isFloat: boolean,
    largest: boolean,
    outer: number,
    reduced: number,
    inner: number,
  ): void;
  cumulativeSum(
    x: number,
    y: number,
    outer: number,
    size: number,
    inner: number,
    exclusive: boolean,
    reverse: boolean,
  ): void;
  mergeNearest(
    a: number,
    b: number,
    products: Float32Array,
    indices: Int32Array,
    dim: number,
    k: number,
    first: number,
  ): void;
  topK(x: number, values: number, indices: number, rows: number, size: number, k: number): void;

  gatherView(x: number, y: number, layout: Int32Array): void;
  scatterView(x: number, y: number, layout: Int32Array): void;
  gather(x: number, indices: number, y: number, outer: number, axis: number, inner: number): void;
  segmentSum(x: number, ids: number, y: number, segments: number, inner: number): void;
  oneHot(indices: number, y: number, isFloat: boolean, depth: number, on: number, off: number): void;

  batchMatMul(
    a: number,
    b: number,
    c: number,
    dims: Int32Array,
    transposeA: boolean,
    transposeB: boolean,
  ): void;
  convForward(x: number, w: number, y: number, shape: Int32Array): void;
  convBackwardData(dy: number, w: number, dx: number, shape: Int32Array): void;
  convBackwardFilter(x: number, dy: number, dw: number, shape: Int32Array): void;
  maxPool(x: number, y: number, shape: Int32Array): void;
  maxPoolGradient(dy: number, x: number, y: number, dx: number, shape: Int32Array): void;
  averagePool(x: number, y: number, shape: Int32Array): void;
  averagePoolGradient(dy: number, dx: number, shape: Int32Array): void;
  softmax(x: number, y: number, size: number, logarithm: boolean): void;
  crossEntropy(logits: number, labels: number, losses: number, classes: number): void;
  crossEntropyGradient(logits: number, labels: number, dy: number, dlogits: number, classes: number): void;

  batchSums(x: number, sums: Float64Array, groups: number, channels: number): void;
  batchStatistics(
    sums: Float64Array,
    rows: number,
    mean: number,
    invStd: number,
    runningMean: number,
    runningVariance: number,
    groups: number,
    channels: number,
    epsilon: number,
    momentum: number,
  ): void;
  normalize(
    x: number,
    gamma: number,
    beta: number,
    mean: number,
    invStd: number,
    residual: Int32Array,
    y: number,
    groups: number,
    channels: number,
    relu: boolean,
  ): void;
  normalizeGradientSums(
    dy: number,
    x: number,
    yIfResidual: Int32Array,
    gamma: number,
    beta: number,
    mean: number,
    invStd: number,
    dgamma: number,
    dbeta: number,
    dresidual: Int32Array,
    sums: Float64Array,
    groups: number,
    channels: number,
    relu: boolean,
  ): void;
  normalizeGradientInput(
    gradient: number,
    x: number,
    gamma: number,
    beta: number,
    mean: number,
    invStd: number,
    dx: number,
    sums: Float64Array,
    rows: number,
    groups: number,
    channels: number,
    masked: boolean,
    training: boolean,
  ): void;

  sgd(
    parameters: Int32Array,
    gradients: Int32Array,
    momenta: Int32Array,
    decay: Float32Array,
    lr: number,
    momentum: number,
    nesterov: boolean,
  ): void;
  lars(
    parameters: Int32Array,
    gradients: Int32Array,
    momenta: Int32Array,
    decay: Float32Array,
    adapt: Float32Array,
    lr: number,
    momentum: number,
    eta: number,
    epsilon: number,
    clip: boolean,
  ): void;
  adam(
    parameters: Int32Array,
    gradients: Int32Array,
    firstMoments: Int32Array,
    secondMoments: Int32Array,
    decay: Float32Array,
    lr: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    decoupled: boolean,
    step: number,
  ): void;
  linearHeadsBlock(): number;
  linearHeadsStep(
    x: number,
    labels: number,
    batch: Int32Array,
    weight: number,
    bias: number,
    weightMomentum: number,
    biasMomentum: number,
    rates: Float32Array,
    decays: Float32Array,
    width: number,
    classes: number,
    momentum: number,
  ): void;
  ema(targets: Int32Array, sources: Int32Array, tau: number): void;
  globalNorm(tensors: Int32Array): number;
}

/**
 * Loads the addon.
 * @throws the dynamic loader's error when it is not built, or oneDNN is not found at run time.
 */
export function loadAddon(): NativeAddon {
  return createRequire(import.meta.url)(join(PROJECT_ROOT, 'build', 'onednn.node')) as NativeAddon;
}
