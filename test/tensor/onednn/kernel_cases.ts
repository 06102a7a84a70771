/**
 * @file What each kernel of the engine is tested with: inputs by their kernel's own names, and attributes. A kernel
 * that the engine registers and this table lacks fails the sweep, so that no kernel goes without a test.
 */
import { GEOMETRIES, convolution, outputShape } from './convolution_geometry.js';
import { ELEMENTWISE_CASES } from './elementwise_cases.js';
import { bool, float, given, int, type Case, type Input } from './kernel_case.js';

/** Reductions over every kind of axes; `keepDims` is the caller's business in TensorFlow.js's kernels. */
const reduction = (input: (shape: number[]) => Input, forwardOnly = false, name = 'axis'): Case[] =>
  [
    { shape: [7], axes: [0] },
    { shape: [3, 5], axes: [0] },
    { shape: [3, 5], axes: [1] },
    { shape: [3, 5], axes: [0, 1] },
    { shape: [2, 3, 4, 5], axes: [0, 1, 2] },
    { shape: [2, 3, 4, 5], axes: [1, 2] },
    { shape: [2, 3, 4, 5], axes: [0, 2] },
    { shape: [2, 3, 4, 5], axes: [3] },
    { shape: [211, 173], axes: [0] },
    { shape: [211, 173], axes: [1] },
  ].map(({ shape, axes }) => ({
    inputs: { x: input(shape) },
    attributes: { [name]: axes, keepDims: false },
    forwardOnly,
  }));

const argument: Case[] = [
  { inputs: { x: float([7]) }, attributes: { axis: 0 } },
  { inputs: { x: float([3, 5]) }, attributes: { axis: 1 } },
  { inputs: { x: float([3, 5, 4]) }, attributes: { axis: 0 } },
  { inputs: { x: float([3, 5, 4]) }, attributes: { axis: 1 } },
  { inputs: { x: int([6, 9]) }, attributes: { axis: 1 } },
].map((one) => ({ ...one, forwardOnly: true }));

const matmulShapes: Case[] = [
  { a: [1, 2, 3], b: [1, 3, 4] },
  { a: [1, 17, 33], b: [1, 33, 10] },
  { a: [3, 5, 7], b: [3, 7, 2] },
  { a: [3, 5, 7], b: [1, 7, 2] },
  { a: [1, 1, 64], b: [1, 64, 1] },
  { a: [1, 130, 70], b: [1, 70, 150] },
].flatMap(({ a, b }) =>
  [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ].map(([transposeA, transposeB]) => ({
    inputs: {
      a: float(transposeA ? [a[0], a[2], a[1]] : a),
      b: float(transposeB ? [b[0], b[2], b[1]] : b),
    },
    attributes: { transposeA, transposeB },
    forwardOnly: a[0] !== b[0],
  })),
);

const strided = (shape: number[], masks: Record<string, unknown>): Case => ({
  inputs: { x: float(shape) },
  attributes: { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0, ...masks },
  forwardOnly: true,
});

const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'sigmoid'];

interface Window {
  x: [number, number, number, number];
  filterSize: number;
  strides: number;
  pad: 'valid' | 'same' | number;
}

const WINDOWS: Window[] = [
  { x: [2, 6, 6, 3], filterSize: 2, strides: 2, pad: 'valid' },
  { x: [2, 7, 9, 5], filterSize: 3, strides: 2, pad: 1 },
  { x: [2, 7, 8, 17], filterSize: 3, strides: 2, pad: 'same' },
  { x: [1, 5, 5, 4], filterSize: 3, strides: 1, pad: 'same' },
  { x: [3, 4, 4, 8], filterSize: 4, strides: 4, pad: 'valid' },
];

/** Pooling; its kernels' gradients call MaxPoolGrad and AvgPoolGrad. */
const pools = (padded: Partial<Case>): Case[] =>
  WINDOWS.map(({ x, ...attributes }) => ({
    inputs: { x: float(x) },
    attributes,
    ...(attributes.pad === 'valid' ? {} : padded),
  }));

export const CASES: Record<string, Case[]> = {
  ...ELEMENTWISE_CASES,

  Sum: [...reduction((shape) => float(shape)), ...reduction((shape) => int(shape), true)],
  Mean: reduction((shape) => float(shape)),
  Max: [...reduction((shape) => float(shape), false, 'reductionIndices')],
  Min: reduction((shape) => float(shape)),
  Prod: reduction((shape) => float(shape, 0.9, 1.1), true), // its gradient needs TensorFlow.js's chained ops
  All: reduction(bool, true),
  Any: reduction(bool, true),
  ArgMax: argument,
  ArgMin: argument,
  Cumsum: [false, true].flatMap((exclusive) =>
    [false, true].flatMap((reverse) =>
      [0, 1, 2].map((axis) => ({
        inputs: { x: float([3, 4, 5]) },
        attributes: { axis, exclusive, reverse },
        forwardOnly: axis !== 2, // TensorFlow.js transposes its gradient to the wrong shape
      })),
    ),
  ),
  TopK: [1, 4, 9].map((k) => ({
    inputs: { x: float([5, 9]) },
    attributes: { k, sorted: true },
    forwardOnly: true,
  })),
  Softmax: [[7], [3, 5], [2, 3, 4]].map((shape) => ({
    inputs: { logits: float(shape, -20, 20) },
    attributes: { dim: shape.length - 1 },
  })),

  Identity: [{ inputs: { x: float([3, 4]) } }],
  Reshape: [[12], [2, 6], [3, 2, 2], [1, 12, 1]].map((shape) => ({
    inputs: { x: float([3, 4]) },
    attributes: { shape },
  })),
  ExpandDims: [0, 1, 2, -1].map((dim) => ({ inputs: { input: float([3, 4]) }, attributes: { dim } })),
  Transpose: [
    { shape: [3, 4], perm: [1, 0] },
    { shape: [210, 190], perm: [1, 0] },
    { shape: [2, 3, 4], perm: [2, 0, 1] },
    { shape: [2, 3, 4, 5], perm: [0, 3, 1, 2] },
    { shape: [2, 3, 4, 5], perm: [3, 2, 1, 0] },
    { shape: [2, 3, 4, 5], perm: [0, 1, 2, 3] },
    { shape: [2, 1, 4, 1], perm: [3, 0, 2, 1] },
  ].map(({ shape, perm }) => ({ inputs: { x: float(shape) }, attributes: { perm } })),
  Concat: [
    { inputs: [float([2, 3]), float([4, 3])], attributes: { axis: 0 } },
    { inputs: [float([2, 3]), float([2, 1]), float([2, 5])], attributes: { axis: 1 } },
    { inputs: [float([2, 3, 2]), float([2, 1, 2])], attributes: { axis: 1 } },
    { inputs: [int([2, 3]), int([2, 3])], attributes: { axis: 0 }, forwardOnly: true },
  ],
  Pack: [0, 1, 2].map((axis) => ({ inputs: [float([3, 4]), float([3, 4])], attributes: { axis } })),
  Unpack: [0, 1, 2].map((axis) => ({ inputs: { value: float([3, 4, 2]) }, attributes: { axis } })),
  SplitV: [
    { inputs: { x: float([6, 4]) }, attributes: { numOrSizeSplits: [2, 2, 2], axis: 0 } },
    { inputs: { x: float([6, 5]) }, attributes: { numOrSizeSplits: [1, 4], axis: 1 } },
  ],
  Slice: [
    { inputs: { x: float([7]) }, attributes: { begin: [2], size: [3] } },
    { inputs: { x: float([6, 5]) }, attributes: { begin: [1, 2], size: [4, 2] } },
    { inputs: { x: float([6, 5]) }, attributes: { begin: [3, 0], size: [3, 5] } },
    {
      inputs: { x: float([3, 4, 5]) },
      attributes: { begin: [1, 1, 1], size: [-1, 2, -1] },
      forwardOnly: true,
    },
    { inputs: { x: int([6, 5]) }, attributes: { begin: [1, 2], size: [0, 2] }, forwardOnly: true },
  ],
  StridedSlice: [
    strided([9], { begin: [1], end: [8], strides: [2] }),
    strided([9], { begin: [7], end: [0], strides: [-2] }),
    strided([6, 5], { begin: [0, 1], end: [6, 4], strides: [2, 1] }),
    strided([6, 5], { begin: [0, 1], end: [6, 4], strides: [3, 2], beginMask: 2, endMask: 1 }),
    strided([6, 5], { begin: [2, 0], end: [3, 5], strides: [1, 1], shrinkAxisMask: 1 }),
  ],
  PadV2: [
    { inputs: { x: float([5]) }, attributes: { paddings: [[2, 1]], constantValue: 0 } },
    { inputs: { x: float([2, 3, 4, 2]) }, attributes: { paddings: [[0, 0], [1, 2], [3, 0], [0, 0]], constantValue: 0.5 } }, // prettier-ignore
    { inputs: { x: int([2, 3]) }, attributes: { paddings: [[1, 1], [0, 2]], constantValue: 7 }, forwardOnly: true }, // prettier-ignore
  ],
  Tile: [
    { inputs: { x: float([4]) }, attributes: { reps: [3] } },
    { inputs: { x: float([2, 3]) }, attributes: { reps: [2, 2] } },
    { inputs: { x: float([2, 3, 4]) }, attributes: { reps: [1, 2, 3] } },
  ],
  Reverse: [[0], [1], [0, 2], []].map((dims) => ({ inputs: { x: float([3, 4, 2]) }, attributes: { dims } })),
  GatherV2: [
    {
      inputs: { x: float([6, 3]), indices: given([5, 0, 0, 3], 'int32') },
      attributes: { axis: 0, batchDims: 0 },
    },
    {
      inputs: { x: float([3, 6, 2]), indices: given([5, 1], 'int32') },
      attributes: { axis: 1, batchDims: 0 },
    },
    { inputs: { x: float([9]), indices: int([2, 3], 0, 9) }, attributes: { axis: 0, batchDims: 0 } },
  ],
  UnsortedSegmentSum: [
    {
      inputs: { x: float([5, 3]), segmentIds: given([0, 3, 0, 1, 3], 'int32') },
      attributes: { numSegments: 5 },
    },
    { inputs: { x: float([4]), segmentIds: given([1, 1, 0, 1], 'int32') }, attributes: { numSegments: 2 } },
  ],
  OneHot: ['float32', 'int32'].map((dtype) => ({
    inputs: { indices: given([0, 3, 2, 9, -1], 'int32') },
    attributes: { depth: 4, onValue: 2, offValue: -1, dtype },
    forwardOnly: true,
  })),
  Fill: [
    { inputs: {}, attributes: { shape: [3, 4], value: 1.5, dtype: 'float32' }, forwardOnly: true },
    { inputs: {}, attributes: { shape: [5], value: 3, dtype: 'int32' }, forwardOnly: true },
  ],
  Range: [
    { inputs: {}, attributes: { start: 0, stop: 5, step: 1, dtype: 'int32' }, forwardOnly: true },
    { inputs: {}, attributes: { start: 2, stop: -1, step: -0.5, dtype: 'float32' }, forwardOnly: true },
  ],

  BatchMatMul: matmulShapes,
  _FusedMatMul: ACTIVATIONS.flatMap((activation): Case[] => [
    {
      inputs: { a: float([1, 6, 7]), b: float([1, 7, 5]), bias: float([5]) },
      attributes: { transposeA: false, transposeB: false, activation },
      forwardOnly: true,
    },
    {
      inputs: { a: float([1, 6, 7]), b: float([1, 5, 7]) },
      attributes: { transposeA: false, transposeB: true, activation },
      forwardOnly: true,
    },
  ]),
  Conv2D: [
    ...GEOMETRIES.map((g) => ({
      inputs: { x: float(g.x), filter: float(g.filter) },
      attributes: convolution(g),
      forwardOnly: g.dilations !== undefined,
    })),
    {
      inputs: { x: float([1, 3, 5, 5]), filter: float([3, 3, 3, 4]) },
      attributes: { ...convolution(GEOMETRIES[0]), dataFormat: 'NCHW' },
      unsupported: true,
    },
    {
      inputs: { x: float([1, 5, 5, 4]), filter: float([3, 3, 2, 4]) },
      attributes: convolution(GEOMETRIES[0]),
      unsupported: true,
    },
  ],
  Conv2DBackpropInput: GEOMETRIES.filter((g) => g.dilations === undefined).map((g) => ({
    inputs: { dy: float(outputShape(g)), filter: float(g.filter) },
    attributes: { ...convolution(g), inputShape: g.x },
  })),
  Conv2DBackpropFilter: GEOMETRIES.filter((g) => g.dilations === undefined).map((g) => ({
    inputs: { x: float(g.x), dy: float(outputShape(g)) },
    attributes: { ...convolution(g), filterShape: g.filter },
    forwardOnly: true,
  })),
  FusedConv2D: ACTIVATIONS.flatMap((activation) =>
    [GEOMETRIES[1], GEOMETRIES[3]].map((g) => ({
      inputs: { x: float(g.x), filter: float(g.filter), bias: float([g.filter[3]]) },
      attributes: { ...convolution(g), activation },
      forwardOnly: true,
    })),
  ),

  MaxPool: pools({}),
  AvgPool: pools({ forwardOnly: true }), // the padded gradient of tfjs-backend-cpu is wrong: kernels.test.ts
};

/** Kernels whose inputs must come from a forward pass: tested as the gradient of the kernel named. */
export const TESTED_AS_GRADIENT: Record<string, string> = { MaxPoolGrad: 'MaxPool', AvgPoolGrad: 'AvgPool' };

/** Kernels that tfjs-backend-cpu does not have: compared with composed versions in own_kernels.test.ts. */
export const OWN_KERNELS = ['LogSoftmax', 'EncodergymNormalize', 'EncodergymNormalizeGradient'];
