// Convolution by matrix products over exactly the taps that exist: any stride, padding and dilation.
#pragma once
#include "conv.h"

void directForward(const ConvShape& s, const float* x, const float* w, float* y);
void directBackwardData(const ConvShape& s, const float* dy, const float* w, float* dx);
void directBackwardFilter(const ConvShape& s, const float* x, const float* dy, float* dw);
