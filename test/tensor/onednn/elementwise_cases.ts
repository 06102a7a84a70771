/** @file Cases of the kernels that work element by element: unary, broadcasting binary, select. */
import { bool, float, given, int, positive, type Case, type Input } from './kernel_case.js';

const SPECIAL = [Infinity, -Infinity, 0, 0.5, 1.5, 2.5, -0.5, -1.5, 7];
const SHAPES = [[], [7], [3, 5], [2, 3, 4, 5], [0, 3], [33, 1021]]; // the last is long enough for several threads
const PAIRS = [
  [[], []],
  [[7], [7]],
  [[33, 1021], [33, 1021]],
  [[3, 5], []],
  [[], [3, 5]],
  [[2, 3, 4, 5], [5]],
  [[5], [2, 3, 4, 5]],
  [[4, 1], [4, 6]],
  [[4, 1], [1, 6]],
  [[2, 1, 4, 1], [3, 1, 5]],
  [[2, 3, 4, 5], [2, 1, 1, 5]],
  [[0, 3], [3]],
]; // prettier-ignore

const unary = (
  input: (shape: number[]) => Input,
  attributes?: Record<string, unknown>,
  special = SPECIAL,
): Case[] => [
  ...SHAPES.map((shape) => ({ inputs: { x: input(shape) }, attributes })),
  ...(special.length > 0 ? [{ inputs: { x: given(special) }, attributes, forwardOnly: true }] : []),
];

const binary = (
  inputs: ((shape: number[]) => Input)[],
  names = ['a', 'b'],
  more: Case[] = [],
  forwardOnly = (_a: number[], _b: number[]) => false,
): Case[] => [
  ...inputs.flatMap((input) =>
    PAIRS.map(([a, b]) => ({
      inputs: { [names[0]]: input(a), [names[1]]: input(b) },
      forwardOnly: forwardOnly(a, b),
    })),
  ),
  ...more,
];

const numbers = [(shape: number[]) => float(shape), (shape: number[]) => int(shape)];
// TensorFlow.js's own gradients of some operations do not sum over what was broadcast.
const onlyEqualShapes = (a: number[], b: number[]) => a.join() !== b.join();
const nonZero = [(shape: number[]) => positive(shape), (shape: number[]) => int(shape, 1, 9)];
const compare = binary([(shape) => float(shape), (shape) => int(shape), (shape) => int(shape, 0, 2)]);
const logical = binary([bool]);

export const ELEMENTWISE_CASES: Record<string, Case[]> = {
  ...Object.fromEntries(
    ['Abs', 'Neg', 'Expm1', 'Exp', 'Square', 'Relu', 'Relu6', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Sin', 'Cos']
      .concat(['Softplus', 'Floor', 'Ceil', 'Round', 'Sign', 'Erf', 'ZerosLike', 'OnesLike'])
      .map((name) => [name, unary((shape) => float(shape))]),
  ),
  ...Object.fromEntries(
    ['Log', 'Log1p', 'Sqrt', 'Rsqrt', 'Reciprocal'].map((name) => [name, unary((shape) => positive(shape))]),
  ),
  LeakyRelu: unary((shape) => float(shape), { alpha: 0.2 }),
  Step: unary((shape) => float(shape), { alpha: 0.3 }, [...SPECIAL, NaN]),
  ClipByValue: unary((shape) => float(shape), { clipValueMin: -0.7, clipValueMax: 1.1 }),
  IsNan: unary((shape) => float(shape), undefined, [...SPECIAL, NaN]),
  IsInf: unary((shape) => float(shape), undefined, [...SPECIAL, NaN]),
  IsFinite: unary((shape) => float(shape), undefined, [...SPECIAL, NaN]),
  LogicalNot: unary((shape) => bool(shape), undefined, []),
  Cast: [float([3, 5]), int([3, 5]), bool([3, 5]), given([2.9, -2.9, 0.1, -0.1, 0])].flatMap((x) =>
    ['float32', 'int32', 'bool'].map((dtype) => ({
      inputs: { x },
      attributes: { dtype },
      forwardOnly: dtype !== 'float32',
    })),
  ),

  Add: binary(numbers),
  Sub: binary(numbers),
  Multiply: binary(numbers),
  Maximum: binary(numbers, undefined, undefined, onlyEqualShapes),
  Minimum: binary(numbers, undefined, undefined, onlyEqualShapes),
  SquaredDifference: binary(numbers, undefined, undefined, onlyEqualShapes),
  RealDiv: binary([positive]),
  FloorDiv: binary(nonZero, undefined, [
    { inputs: { a: int([50], -20, 20), b: int([50], -7, -1) }, forwardOnly: true },
    { inputs: { a: float([50], -20, 20), b: float([50], -7, -1) }, forwardOnly: true },
  ]).map((one) => ({ ...one, anyType: true, forwardOnly: true })),
  Mod: binary(nonZero, undefined, [
    { inputs: { a: float([50], -9, 9), b: float([50], 0.5, 4) }, forwardOnly: true },
    { inputs: { a: float([50], -9, 9), b: float([50], -4, -0.5) }, forwardOnly: true },
    { inputs: { a: given([6, -6, 6, -6]), b: given([3, 3, -3, -3]) }, forwardOnly: true },
    { inputs: { a: int([50], -20, 20), b: int([50], -7, -1) }, forwardOnly: true },
  ]),
  Pow: binary([positive], undefined, [{ inputs: { a: int([4]), b: int([4], 0, 3) }, unsupported: true }]),
  Prelu: binary([(shape) => float(shape)], ['x', 'alpha'], undefined, onlyEqualShapes),
  EluGrad: [{ inputs: { dy: float([4, 9]), y: float([4, 9], -0.9, 2) }, forwardOnly: true }],
  Equal: compare,
  NotEqual: compare,
  Less: compare,
  LessEqual: compare,
  Greater: compare,
  GreaterEqual: compare,
  LogicalAnd: logical,
  LogicalOr: logical,
  AddN: [
    { inputs: [float([3, 4])] },
    { inputs: [float([3, 4]), float([3, 4]), float([3, 4])] },
    { inputs: [float([40_000]), float([40_000])] },
    { inputs: [int([5]), int([5])], unsupported: true },
  ],
  Select: [
    { inputs: { condition: bool([3, 4]), t: float([3, 4]), e: float([3, 4]) } },
    { inputs: { condition: bool([2, 3]), t: int([2, 3]), e: int([2, 3]) }, forwardOnly: true },
  ],
};
