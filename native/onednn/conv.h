// Convolutions on NHWC activations and HWIO weights, float32.
#pragma once

struct ConvShape {
  int n, h, w, c;        // input
  int kh, kw, k;         // filter: kh x kw x c -> k
  int strideH, strideW, padTop, padLeft, dilationH, dilationW;
  int oh, ow;            // output
};

void conv2dForward(const ConvShape& s, const float* x, const float* w, float* y);
void conv2dBackwardData(const ConvShape& s, const float* dy, const float* w, float* dx);
void conv2dBackwardFilter(const ConvShape& s, const float* x, const float* dy, float* dw);
