/**
 * @file Numeric padding for tfjs-node's kernels, which know 'valid' and 'same' only: the image is padded first and then
 * treated as 'valid', and a gradient loses what was padded. PyTorch's networks need it at stride 2, where 'same' differs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { overrideKernel, type Attributes } from '../override-kernel.js';

type Shape4 = [number, number, number, number];
type Pads = [number, number][];

/** What must be padded before 'valid' is meant; nothing where the built-in kernel knows the padding. */
function pads({ padInfo }: tf.backend_util.Conv2DInfo, attributes: Attributes): Pads | undefined {
  const known = padInfo.type === 'VALID' || padInfo.type === 'SAME';
  const rounding = attributes.dimRoundingMode ?? 'floor';
  // Another rounding or layout is left to the built-in kernel, which refuses it.
  if (known || rounding !== 'floor' || (attributes.dataFormat ?? 'NHWC') !== 'NHWC') return undefined;
  const { top, bottom, left, right } = padInfo;
  return [[0, 0], [top, bottom], [left, right], [0, 0]]; // prettier-ignore
}

function convolutionPads(x: number[], filter: number[], attributes: Attributes): Pads | undefined {
  const info = tf.backend_util.computeConv2DInfo(
    x as Shape4,
    filter as Shape4,
    attributes.strides as number | [number, number],
    (attributes.dilations as number | [number, number] | undefined) ?? 1,
    attributes.pad as 'valid' | 'same' | number,
    attributes.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
    false,
    tf.backend_util.convertConv2DDataFormat((attributes.dataFormat as 'NHWC' | 'NCHW' | undefined) ?? 'NHWC'),
  );
  return pads(info, attributes);
}

function poolPads(x: number[], attributes: Attributes): Pads | undefined {
  const info = tf.backend_util.computePool2DInfo(
    x as Shape4,
    attributes.filterSize as number | [number, number],
    attributes.strides as number | [number, number],
    1,
    attributes.pad as 'valid' | 'same' | number,
    attributes.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
  );
  return pads(info, attributes);
}

const asTensor = (info: tf.TensorInfo | tf.TensorInfo[]) =>
  info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info as tf.TensorInfo);

/** The part of a padded image's gradient that belongs to the image. */
const inner = (dx: tf.TensorInfo | tf.TensorInfo[], padding: Pads, shape: number[]) =>
  tf.slice(asTensor(dx), padding.map(([before]) => before), shape); // prettier-ignore

/** Makes a backend's convolutions and max pooling take numeric padding, forward and backward. */
export function supportNumericPadding(backendName: string): void {
  const valid = (attributes: Attributes): Attributes => ({ ...attributes, pad: 'valid' });
  for (const name of ['Conv2D', 'FusedConv2D']) {
    overrideKernel(backendName, name, (inputs, { attributes, builtIn }) => {
      const padding = convolutionPads(inputs.x.shape, inputs.filter.shape, attributes);
      if (padding === undefined) return builtIn(inputs, attributes);
      return tf.tidy(() => asTensor(builtIn({ ...inputs, x: tf.pad(inputs.x, padding) }, valid(attributes))));
    });
  }
  overrideKernel(backendName, 'Conv2DBackpropFilter', (inputs, { attributes, builtIn }) => {
    const padding = convolutionPads(inputs.x.shape, attributes.filterShape as number[], attributes);
    if (padding === undefined) return builtIn(inputs, attributes);
    return tf.tidy(() => asTensor(builtIn({ ...inputs, x: tf.pad(inputs.x, padding) }, valid(attributes))));
  });
  overrideKernel(backendName, 'Conv2DBackpropInput', (inputs, { attributes, builtIn }) => {
    const shape = attributes.inputShape as number[];
    const padding = convolutionPads(shape, inputs.filter.shape, attributes);
    if (padding === undefined) return builtIn(inputs, attributes);
    const inputShape = shape.map((size, i) => size + padding[i][0] + padding[i][1]);
    return tf.tidy(() => inner(builtIn(inputs, { ...valid(attributes), inputShape }), padding, shape));
  });
  const padded = (x: tf.Tensor, padding: Pads) => tf.pad(x, padding, -Infinity);
  overrideKernel(backendName, 'MaxPool', ({ x }, { attributes, builtIn }) => {
    const padding = poolPads(x.shape, attributes);
    if (padding === undefined) return builtIn({ x }, attributes);
    return tf.tidy(() => asTensor(builtIn({ x: padded(x, padding) }, valid(attributes))));
  });
  overrideKernel(backendName, 'MaxPoolGrad', ({ dy, input, output }, { attributes, builtIn }) => {
    const padding = poolPads(input.shape, attributes);
    if (padding === undefined) return builtIn({ dy, input, output }, attributes);
    return tf.tidy(() => {
      const dx = builtIn({ dy, input: padded(input, padding), output }, valid(attributes));
      return inner(dx, padding, input.shape);
    });
  });
}
