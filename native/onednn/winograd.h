// 3x3 convolutions of stride 1 and padding 1 by Winograd's minimal filtering F(2x2, 3x3): 16 multiplications where
// the definition needs 36 (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2016).
#pragma once
#include "conv.h"

// Whether the Winograd path computes this convolution, and is expected to be faster than the direct one.
bool winogradFits(const ConvShape& s);

void winogradForward(const ConvShape& s, const float* x, const float* w, float* y);
void winogradBackwardData(const ConvShape& s, const float* dy, const float* w, float* dx);
void winogradBackwardFilter(const ConvShape& s, const float* x, const float* dy, float* dw);
