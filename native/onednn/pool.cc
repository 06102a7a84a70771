// Max and average pooling of NHWC images; pixels outside the image do not take part.
#include <algorithm>
#include <limits>

#include "napi.h"
#include "parallel.h"

namespace {

struct PoolShape {
  int n, h, w, c, kh, kw, strideH, strideW, padTop, padLeft, dilationH, dilationW, oh, ow;
};

PoolShape shapeOf(const Ints& s) {
  if (s.size != 14) throw std::invalid_argument("native pooling: expected 14 dimensions");
  return {s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12], s[13]};
}

// body(input pixel index in the image) for every pixel of output (oy, ox)'s window that is inside; returns how many.
template <class Body>
int overWindow(const PoolShape& s, int oy, int ox, const Body& body) {
  int count = 0;
  for (int ky = 0; ky < s.kh; ky++) {
    const int y = oy * s.strideH - s.padTop + ky * s.dilationH;
    if (y < 0 || y >= s.h) continue;
    for (int kx = 0; kx < s.kw; kx++) {
      const int x = ox * s.strideW - s.padLeft + kx * s.dilationW;
      if (x < 0 || x >= s.w) continue;
      body(y * s.w + x);
      count++;
    }
  }
  return count;
}

template <class Body>
void overImages(const PoolShape& s, const Body& body) {
  parallelTasks(s.n, [&](int image) { body(int64_t(image) * s.h * s.w * s.c, int64_t(image) * s.oh * s.ow * s.c); });
}

// A NaN in a window comes out, as in PyTorch: once it is in `to`, no comparison is true and it stays.
void maxPool(Buffer x, Buffer y, Ints dims) {
  const PoolShape s = shapeOf(dims);
  overImages(s, [&](int64_t in, int64_t out) {
    for (int oy = 0; oy < s.oh; oy++) {
      for (int ox = 0; ox < s.ow; ox++) {
        float* __restrict to = y.floats() + out + int64_t(oy * s.ow + ox) * s.c;
        std::fill(to, to + s.c, -std::numeric_limits<float>::infinity());
        overWindow(s, oy, ox, [&](int pixel) {
          const float* __restrict from = x.floats() + in + int64_t(pixel) * s.c;
          for (int c = 0; c < s.c; c++) to[c] = from[c] > to[c] || from[c] != from[c] ? from[c] : to[c];
        });
      }
    }
  });
}

// The gradient goes to the first largest pixel of each window, as in PyTorch; where NaN came out, to the first pixel,
// so that it is not lost.
void maxPoolGradient(Buffer dy, Buffer x, Buffer y, Buffer dx, Ints dims) {
  const PoolShape s = shapeOf(dims);
  overImages(s, [&](int64_t in, int64_t out) {
    std::fill_n(dx.floats() + in, int64_t(s.h) * s.w * s.c, 0.f);
    float* left = scratch<5>(s.c);  // each channel's gradient until it has found its pixel
    for (int oy = 0; oy < s.oh; oy++) {
      for (int ox = 0; ox < s.ow; ox++) {
        const int64_t at = out + int64_t(oy * s.ow + ox) * s.c;
        const float* __restrict best = y.floats() + at;
        std::copy_n(dy.floats() + at, s.c, left);
        overWindow(s, oy, ox, [&](int pixel) {
          const float* __restrict from = x.floats() + in + int64_t(pixel) * s.c;
          float* __restrict to = dx.floats() + in + int64_t(pixel) * s.c;
          float* __restrict rest = left;
          for (int c = 0; c < s.c; c++) {
            const bool found = !(from[c] < best[c]);
            to[c] += found ? rest[c] : 0.f;
            rest[c] = found ? 0.f : rest[c];
          }
        });
      }
    }
  });
}

void averagePool(Buffer x, Buffer y, Ints dims) {
  const PoolShape s = shapeOf(dims);
  overImages(s, [&](int64_t in, int64_t out) {
    for (int oy = 0; oy < s.oh; oy++) {
      for (int ox = 0; ox < s.ow; ox++) {
        float* __restrict to = y.floats() + out + int64_t(oy * s.ow + ox) * s.c;
        std::fill(to, to + s.c, 0.f);
        const int count = overWindow(s, oy, ox, [&](int pixel) {
          const float* __restrict from = x.floats() + in + int64_t(pixel) * s.c;
          for (int c = 0; c < s.c; c++) to[c] += from[c];
        });
        for (int c = 0; c < s.c; c++) to[c] /= float(std::max(1, count));
      }
    }
  });
}

void averagePoolGradient(Buffer dy, Buffer dx, Ints dims) {
  const PoolShape s = shapeOf(dims);
  overImages(s, [&](int64_t in, int64_t out) {
    std::fill_n(dx.floats() + in, int64_t(s.h) * s.w * s.c, 0.f);
    for (int oy = 0; oy < s.oh; oy++) {
      for (int ox = 0; ox < s.ow; ox++) {
        const float* __restrict from = dy.floats() + out + int64_t(oy * s.ow + ox) * s.c;
        const float share = 1.f / float(std::max(1, overWindow(s, oy, ox, [](int) {})));
        overWindow(s, oy, ox, [&](int pixel) {
          float* __restrict to = dx.floats() + in + int64_t(pixel) * s.c;
          for (int c = 0; c < s.c; c++) to[c] += from[c] * share;
        });
      }
    }
  });
}

}  // namespace

void bindPooling(napi_env env, napi_value exports) {
  bind<&maxPool>(env, exports, "maxPool");
  bind<&maxPoolGradient>(env, exports, "maxPoolGradient");
  bind<&averagePool>(env, exports, "averagePool");
  bind<&averagePoolGradient>(env, exports, "averagePoolGradient");
}
