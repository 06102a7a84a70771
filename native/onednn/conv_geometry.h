// Which source pixel each tap of a convolution reads, for each pixel that is written.
#pragma once
#include <array>
#include <vector>

#include "conv.h"

struct ConvGeometry {
  int pixels, sourcePixels;  // per image
  int taps, channels, outputs;
  std::vector<int> source;   // [pixels][taps]: source pixel or -1
};

inline int dividesInto(int position, int stride, int limit) {
  if (position < 0 || position % stride != 0) return -1;
  return position / stride < limit ? position / stride : -1;
}

inline ConvGeometry forwardGeometry(const ConvShape& s) {
  ConvGeometry g{s.oh * s.ow, s.h * s.w, s.kh * s.kw, s.c, s.k, {}};
  g.source.reserve(size_t(g.pixels) * g.taps);
  for (int oy = 0; oy < s.oh; oy++) {
    for (int ox = 0; ox < s.ow; ox++) {
      for (int ky = 0; ky < s.kh; ky++) {
        const int y = dividesInto(oy * s.strideH - s.padTop + ky * s.dilationH, 1, s.h);
        for (int kx = 0; kx < s.kw; kx++) {
          const int x = dividesInto(ox * s.strideW - s.padLeft + kx * s.dilationW, 1, s.w);
          g.source.push_back(y < 0 || x < 0 ? -1 : y * s.w + x);
        }
      }
    }
  }
  return g;
}

inline ConvGeometry backwardDataGeometry(const ConvShape& s) {
  ConvGeometry g{s.h * s.w, s.oh * s.ow, s.kh * s.kw, s.k, s.c, {}};
  g.source.reserve(size_t(g.pixels) * g.taps);
  for (int y = 0; y < s.h; y++) {
    for (int x = 0; x < s.w; x++) {
      for (int ky = 0; ky < s.kh; ky++) {
        const int oy = dividesInto(y + s.padTop - ky * s.dilationH, s.strideH, s.oh);
        for (int kx = 0; kx < s.kw; kx++) {
          const int ox = dividesInto(x + s.padLeft - kx * s.dilationW, s.strideW, s.ow);
          g.source.push_back(oy < 0 || ox < 0 ? -1 : oy * s.ow + ox);
        }
      }
    }
  }
  return g;
}

// All of a shape but the number of images: what a plan depends on.
using ConvKey = std::array<int, 14>;

inline ConvKey keyOf(const ConvShape& s) {
  return {s.h,       s.w,      s.c,       s.kh,        s.kw,        s.k,  s.strideH,
          s.strideW, s.padTop, s.padLeft, s.dilationH, s.dilationW, s.oh, s.ow};
}
