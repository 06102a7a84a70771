/**
 * @file The gradients of convolution. TensorFlow.js's wasm backend has none for the filter and a slow one for the
 * input; here both are forward convolutions, which XNNPACK does well, of rearranged tensors.
 */
import * as tf from '@tensorflow/tfjs-core';
import { register, unsupported, type Attributes, type Inputs } from './kernel.js';

type Shape4 = [number, number, number, number];
type Pads = [number, number];

function convolutionInfo(name: string, x: number[], filter: number[], attributes: Attributes) {
  if (((attributes.dataFormat as string | undefined) ?? 'NHWC') !== 'NHWC')
    throw unsupported(name, 'the NCHW layout');
  return tf.backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    attributes.strides as number | [number, number],
    1, // TensorFlow.js has no gradients of dilated convolutions
    attributes.pad as 'valid' | 'same' | number,
    attributes.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
  );
}

/** Convolution with padding that may be negative, which crops. */
function paddedConvolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  vertical: Pads,
  horizontal: Pads,
  dilations: [number, number] = [1, 1],
): tf.Tensor4D {
  const pads = [vertical, horizontal].map((sides) => sides.map((side) => Math.max(0, side)) as Pads);
  const crops = [vertical, horizontal].map((sides) => sides.map((side) => Math.max(0, -side)));
  const [top, left] = [crops[0][0], crops[1][0]];
  const [n, h, w, c] = x.shape;
  const kept: Shape4 = [n, h - top - crops[0][1], w - left - crops[1][1], c];
  const cropped = kept[1] === h && kept[2] === w ? x : tf.slice(x, [0, top, left, 0], kept);
  return tf.conv2d(cropped, filter, 1, [[0, 0], pads[0], pads[1], [0, 0]], 'NHWC', dilations);
}

/**
 * dw[i, j, c, k] = sum over n, y, x of input[n, y s + i - p, x s + j - p, c] dy[n, y, x, k]: a convolution of the input
 * as [C, H, W, N] with dy as a filter [H', W', N, K], dilated by the stride.
 */
function filterGradient({ x, dy }: Inputs, attributes: Attributes): tf.Tensor {
  const i = convolutionInfo('Conv2DBackpropFilter', x.shape, attributes.filterShape as number[], attributes);
  const pads = (input: number, before: number, kernel: number, out: number, stride: number): Pads => [
    before,
    (out - 1) * stride + kernel - input - before,
  ];
  const vertical = pads(i.inHeight, i.padInfo.top, i.filterHeight, i.outHeight, i.strideHeight);
  const horizontal = pads(i.inWidth, i.padInfo.left, i.filterWidth, i.outWidth, i.strideWidth);
  const images = tf.transpose(x as tf.Tensor4D, [3, 1, 2, 0]);
  const filter = tf.transpose(dy as tf.Tensor4D, [1, 2, 0, 3]);
  const strides: [number, number] = [i.strideHeight, i.strideWidth];
  return tf.transpose(paddedConvolution(images, filter, vertical, horizontal, strides), [1, 2, 0, 3]);
}

/** [N, H, W, C] to [N, H sy, W sx, C], with zeros between the pixels. */
function stuffed(x: tf.Tensor4D, [sy, sx]: [number, number]): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  const pad = (rows: tf.Tensor2D, zeros: number) => (zeros === 0 ? rows : tf.pad2d(rows, [[0, 0], [0, zeros]])); // prettier-ignore
  const columns = pad(tf.reshape(x, [n * h * w, c]), (sx - 1) * c);
  const rows = pad(tf.reshape(columns, [n * h, w * sx * c]), (sy - 1) * w * sx * c);
  return tf.reshape(rows, [n, h * sy, w * sx, c]);
}

/** dx: dy with zeros between its pixels, convolved with the filter turned around. */
function inputGradient({ dy, filter }: Inputs, attributes: Attributes): tf.Tensor {
  const i = convolutionInfo(
    'Conv2DBackpropInput',
    attributes.inputShape as number[],
    filter.shape,
    attributes,
  );
  const turned = tf.transpose(tf.reverse(filter as tf.Tensor4D, [0, 1]), [0, 1, 3, 2]);
  const spread = stuffed(dy as tf.Tensor4D, [i.strideHeight, i.strideWidth]);
  const pads = (input: number, before: number, kernel: number, stuffedSize: number): Pads => [
    kernel - 1 - before,
    input - stuffedSize + before,
  ];
  const vertical = pads(i.inHeight, i.padInfo.top, i.filterHeight, spread.shape[1]);
  const horizontal = pads(i.inWidth, i.padInfo.left, i.filterWidth, spread.shape[2]);
  return paddedConvolution(spread, turned, vertical, horizontal);
}

/** The built-in kernels write outside of their memory when the channels do not match. */
function checked(name: string, { x, filter }: Inputs, attributes: Attributes): void {
  if (((attributes.dataFormat as string | undefined) ?? 'NHWC') !== 'NHWC')
    throw unsupported(name, 'the NCHW layout');
  if (x.shape[3] !== filter.shape[2]) {
    throw unsupported(
      name,
      `${x.shape[3]} input channels with a filter of ${filter.shape[2]} (grouped convolution)`,
    );
  }
}

/** Registers both gradients, and checks before the forward kernels. */
export function registerConvolutions(): void {
  for (const name of ['Conv2D', 'FusedConv2D']) {
    register(name, (inputs, { attributes, builtIn }) => {
      checked(name, inputs, attributes);
      return builtIn(inputs, attributes);
    });
  }
  register('Conv2DBackpropFilter', (inputs, { attributes }) =>
    tf.tidy(() => filterGradient(inputs, attributes)),
  );
  register('Conv2DBackpropInput', (inputs, { attributes }) =>
    tf.tidy(() => inputGradient(inputs, attributes)),
  );
}
