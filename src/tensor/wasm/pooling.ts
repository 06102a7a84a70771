/**
 * @file The gradients of pooling. The built-in one of max pooling starts its search at 0 and so finds no maximum among
 * negative pixels; that of average pooling divides by the whole window even where the window leaves the image.
 */
import * as tf from '@tensorflow/tfjs-core';
import { heap, register, unsupported, zeros, type Attributes } from './kernel.js';

type Window = tf.backend_util.Conv2DInfo;

function windowOf(name: string, input: tf.Tensor, attributes: Attributes): Window {
  if (input.dtype !== 'float32') throw unsupported(name, `${input.dtype} images`);
  return tf.backend_util.computePool2DInfo(
    input.shape as [number, number, number, number],
    attributes.filterSize as number | [number, number],
    attributes.strides as number | [number, number],
    1,
    attributes.pad as 'valid' | 'same' | number,
    attributes.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
  );
}

/**
 * Calls `visit` for each output pixel with its offset in the output and the offsets in the input, each of channel 0,
 * of the pixels that its window has inside of the image, row by row.
 */
function forEachWindow(w: Window, visit: (output: number, pixels: Int32Array) => void): void {
  const pixels = new Int32Array(w.filterHeight * w.filterWidth);
  const C = w.inChannels;
  let output = 0;
  for (let n = 0; n < w.batchSize; n++) {
    for (let row = 0; row < w.outHeight; row++) {
      const top = row * w.strideHeight - w.padInfo.top;
      const bottom = Math.min(w.inHeight, top + w.filterHeight);
      for (let column = 0; column < w.outWidth; column++, output += C) {
        const left = column * w.strideWidth - w.padInfo.left;
        const right = Math.min(w.inWidth, left + w.filterWidth);
        let count = 0;
        for (let y = Math.max(0, top); y < bottom; y++) {
          for (let x = Math.max(0, left); x < right; x++) {
            pixels[count++] = ((n * w.inHeight + y) * w.inWidth + x) * C;
          }
        }
        if (count > 0) visit(output, pixels.subarray(0, count));
      }
    }
  }
}

/** Each output's gradient goes to the first of its window's largest pixels, as in PyTorch. */
function maxPoolGradient(dx: Float32Array, dy: Float32Array, x: Float32Array, w: Window): void {
  forEachWindow(w, (output, pixels) => {
    for (let c = 0; c < w.inChannels; c++) {
      let best = pixels[0] + c;
      for (const pixel of pixels) if (x[pixel + c] > x[best]) best = pixel + c;
      dx[best] += dy[output + c];
    }
  });
}

/** Each output's gradient is shared by its window's pixels, as many as the forward pass divided by. */
function averagePoolGradient(dx: Float32Array, dy: Float32Array, w: Window): void {
  forEachWindow(w, (output, pixels) => {
    const share = 1 / pixels.length;
    for (const pixel of pixels) {
      for (let c = 0; c < w.inChannels; c++) dx[pixel + c] += dy[output + c] * share;
    }
  });
}

/** Registers both gradients. */
export function registerPoolingGradients(): void {
  register('MaxPoolGrad', ({ dy, input }, { attributes, backend }) => {
    const window = windowOf('MaxPoolGrad', input, attributes);
    const dx = zeros(backend, input.shape, 'float32');
    maxPoolGradient(heap(backend, dx), heap(backend, dy), heap(backend, input), window);
    return dx;
  });
  register('AvgPoolGrad', ({ dy, input }, { attributes, backend }) => {
    const window = windowOf('AvgPoolGrad', input, attributes);
    const dx = zeros(backend, input.shape, 'float32');
    averagePoolGradient(heap(backend, dx), heap(backend, dy), window);
    return dx;
  });
}
