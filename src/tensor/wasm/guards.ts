/**
 * @file What keeps the wasm backend's built-in kernels from wrong numbers. Many read integers or booleans as if they
 * were floats, without a word: these are refused. Kernels that no test compares with a reference are taken away, so
 * that TensorFlow.js says that there is none.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BACKEND_NAME, register, unsupported } from './kernel.js';

const words = (text: string) => text.trim().split(/\s+/);

const FLOAT_ONLY = new Set(
  words(`
    AvgPool Ceil ClipByValue Conv2D Cos Elu EluGrad Erf Expm1 Floor FusedConv2D IsFinite IsNan Log
    Log1p MaxPool Reciprocal Rsqrt Sigmoid Sin Softmax Sqrt StridedSlice Tanh BatchMatMul _FusedMatMul
  `),
);

/** Kernels that take booleans too; all others take float32 and int32. */
const BOOL_TOO = new Set(
  words(`
    All Any Cast Concat Equal ExpandDims GatherV2 Greater GreaterEqual Identity Less LessEqual
    LogicalAnd LogicalNot LogicalOr NotEqual OnesLike Pack Reshape Slice SplitV Tile Transpose Unpack
    ZerosLike
  `),
);

const UNCHECKED = words(`
  Acos Acosh Asin Asinh Atan Atan2 Atanh AvgPool3D AvgPool3DGrad BatchToSpaceND Bincount BitwiseAnd
  BroadcastArgs Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 Cosh CropAndResize Cumprod
  DenseBincount DepthToSpace DepthwiseConv2dNative Diag Dilation2D Dilation2DBackpropFilter
  Dilation2DBackpropInput FlipLeftRight FusedBatchNorm FusedDepthwiseConv2D GatherNd LRN LRNGrad
  LinSpace LogicalXor MaxPool3D MaxPool3DGrad MaxPoolWithArgmax MirrorPad Multinomial
  NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5 ResizeBilinear ResizeBilinearGrad
  ResizeNearestNeighbor ResizeNearestNeighborGrad RotateWithOffset ScatterNd SearchSorted Sinh
  SpaceToBatchND SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSum SparseToDense
  StringNGrams StringSplit StringToHashBucketFast Tan TensorScatterUpdate Transform Unique
`);

function accepts(kernelName: string, input: string, { dtype }: tf.TensorInfo): boolean {
  if (dtype === 'float32') return true;
  if (FLOAT_ONLY.has(kernelName)) return false;
  if (dtype === 'bool') return BOOL_TOO.has(kernelName) || (kernelName === 'Select' && input === 'condition');
  return dtype === 'int32' || kernelName === 'Identity' || kernelName === 'Reshape';
}

/** Guards every built-in kernel. To be called before ours are registered. */
export function guardBuiltIns(): void {
  for (const name of UNCHECKED) tf.unregisterKernel(name, BACKEND_NAME);
  for (const { kernelName } of tf.getKernelsForBackend(BACKEND_NAME)) {
    register(kernelName, (inputs, { attributes, builtIn }) => {
      for (const [input, tensor] of Object.entries(inputs)) {
        // Optional inputs (a fused bias) may be undefined.
        if (tensor !== undefined && !accepts(kernelName, input, tensor)) {
          throw unsupported(kernelName, `${tensor.dtype} tensors`);
        }
      }
      return builtIn(inputs, attributes);
    });
  }
}
