// Chooses how a convolution is computed, by its shape alone: choices by timing would make runs irreproducible.
#include "conv.h"

#include "direct.h"
#include "matmul.h"
#include "winograd.h"

namespace {

// A 1x1 convolution of stride 1 is a product of [pixels, channels] by [channels, outputs].
bool isProduct(const ConvShape& s) {
  return s.kh == 1 && s.kw == 1 && s.strideH == 1 && s.strideW == 1 && s.padTop == 0 && s.padLeft == 0 && s.oh == s.h &&
         s.ow == s.w;
}

int pixelsOf(const ConvShape& s) { return s.n * s.h * s.w; }

}  // namespace

void conv2dForward(const ConvShape& s, const float* x, const float* w, float* y) {
  if (isProduct(s)) return matmul(1, pixelsOf(s), s.k, s.c, false, false, x, 0, w, 0, y);
  winogradFits(s) ? winogradForward(s, x, w, y) : directForward(s, x, w, y);
}

void conv2dBackwardData(const ConvShape& s, const float* dy, const float* w, float* dx) {
  if (isProduct(s)) return matmul(1, pixelsOf(s), s.c, s.k, false, true, dy, 0, w, 0, dx);
  winogradFits(s) ? winogradBackwardData(s, dy, w, dx) : directBackwardData(s, dy, w, dx);
}

void conv2dBackwardFilter(const ConvShape& s, const float* x, const float* dy, float* dw) {
  if (isProduct(s)) return matmul(1, s.c, s.k, pixelsOf(s), true, false, x, 0, dy, 0, dw);
  winogradFits(s) ? winogradBackwardFilter(s, x, dy, dw) : directBackwardFilter(s, x, dy, dw);
}
