// F(2x2, 3x3): each 2x2 tile of outputs comes from a 4x4 patch of inputs. Patches, filters and tiles are transformed
// by small constant matrices; in between stand 16 independent matrix products over channels, one per element of the
// transformed patch. Blocks of tiles are small enough for the transformed patches to stay in the L2 cache.
#include "winograd.h"

#include <algorithm>
#include <vector>

#include "gemm.h"
#include "parallel.h"

namespace {

constexpr int kElements = 16;  // of a transformed patch

struct Tiles {
  int height, width, down, across;  // pixels, and tiles, of an image
  int perImage() const { return down * across; }
};

Tiles tilesOf(const ConvShape& s) { return {s.h, s.w, (s.h + 1) / 2, (s.w + 1) / 2}; }

// So many tiles at a time that their transformed patches take about half a megabyte.
int blockTiles(int channels) { return std::clamp(8192 / channels / kTileRows, 2, 9) * kTileRows; }

Lanes load(const float* p) { return *reinterpret_cast<const Lanes*>(p); }
void store(float* p, Lanes v) { *reinterpret_cast<Lanes*>(p) = v; }

// Pointers to the pixels rows x cols of image `x` from (top, left); `zeros` stands for pixels outside.
template <int N>
void patchPixels(const Tiles& t, const float* image, int channels, int top, int left, const float* zeros, const float** out) {
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      const int y = top + i, x = left + j;
      const bool inside = y >= 0 && y < t.height && x >= 0 && x < t.width;
      out[i * N + j] = inside ? image + (size_t(y) * t.width + x) * channels : zeros;
    }
  }
}

// B' d B for `channels` channels; element e of channel c goes to v[e * elementStride + c].
void transformPatch(const float* const* d, int channels, float* v, size_t elementStride) {
  for (int c = 0; c < channels; c += kLanes) {
    Lanes t[4][4];
    for (int j = 0; j < 4; j++) {
      const Lanes d0 = load(d[j] + c), d1 = load(d[4 + j] + c), d2 = load(d[8 + j] + c), d3 = load(d[12 + j] + c);
      t[0][j] = d0 - d2;
      t[1][j] = d1 + d2;
      t[2][j] = d2 - d1;
      t[3][j] = d1 - d3;
    }
    for (int i = 0; i < 4; i++) {
      float* to = v + size_t(4 * i) * elementStride + c;
      store(to, t[i][0] - t[i][2]);
      store(to + elementStride, t[i][1] + t[i][2]);
      store(to + 2 * elementStride, t[i][2] - t[i][1]);
      store(to + 3 * elementStride, t[i][1] - t[i][3]);
    }
  }
}

// A' m A: the 2x2 outputs of one tile; null pointers are outside the image.
void transformOutput(const float* m, size_t elementStride, int cols, float* const* y) {
  for (int c = 0; c < cols; c += kLanes) {
    Lanes t[2][4];
    for (int j = 0; j < 4; j++) {
      const float* from = m + size_t(j) * elementStride + c;
      const Lanes m0 = load(from), m1 = load(from + 4 * elementStride), m2 = load(from + 8 * elementStride),
                  m3 = load(from + 12 * elementStride);
      t[0][j] = m0 + m1 + m2;
      t[1][j] = m1 - m2 - m3;
    }
    for (int i = 0; i < 2; i++) {
      if (y[2 * i]) store(y[2 * i] + c, t[i][0] + t[i][1] + t[i][2]);
      if (y[2 * i + 1]) store(y[2 * i + 1] + c, t[i][1] - t[i][2] - t[i][3]);
    }
  }
}

// A dy A': the transpose of transformOutput.
void transformOutputGradient(const float* const* dy, int cols, float* v, size_t elementStride) {
  for (int c = 0; c < cols; c += kLanes) {
    Lanes t[4][2];
    for (int j = 0; j < 2; j++) {
      const Lanes d0 = load(dy[j] + c), d1 = load(dy[2 + j] + c);
      t[0][j] = d0;
      t[1][j] = d0 + d1;
      t[2][j] = d0 - d1;
      t[3][j] = -d1;
    }
    for (int i = 0; i < 4; i++) {
      float* to = v + size_t(4 * i) * elementStride + c;
      store(to, t[i][0]);
      store(to + elementStride, t[i][0] + t[i][1]);
      store(to + 2 * elementStride, t[i][0] - t[i][1]);
      store(to + 3 * elementStride, -t[i][1]);
    }
  }
}

// G g G' of every 3x3 filter, as panels: [panel][element][channel][kTileCols]. With `backward` the filter is the one
// of the data gradient: turned by 180 degrees, inputs and outputs exchanged. w is [3][3][inputs][outputs].
void transformFilters(int inputs, int outputs, const float* w, bool backward, float* u) {
  const int channels = backward ? outputs : inputs, columns = backward ? inputs : outputs;
  const int panels = (columns + kTileCols - 1) / kTileCols;
  const size_t tap = size_t(inputs) * outputs;
  parallelTasks(panels, [&](int p) {
    for (int c = 0; c < channels; c++) {
      float* to = u + size_t(p) * kElements * channels * kTileCols + size_t(c) * kTileCols;
      for (int j = 0; j < kTileCols; j++) {
        const int column = p * kTileCols + j;
        float g[9] = {}, t[4][3];
        if (column < columns) {
          const float* from = backward ? w + size_t(column) * outputs + c : w + size_t(c) * outputs + column;
          for (int e = 0; e < 9; e++) g[e] = from[(backward ? 8 - e : e) * tap];
        }
        for (int i = 0; i < 3; i++) {
          t[0][i] = g[i];
          t[1][i] = .5f * (g[i] + g[3 + i] + g[6 + i]);
          t[2][i] = .5f * (g[i] - g[3 + i] + g[6 + i]);
          t[3][i] = g[6 + i];
        }
        for (int i = 0; i < 4; i++) {
          float* row = to + size_t(4 * i) * channels * kTileCols + j;
          row[0] = t[i][0];
          row[size_t(channels) * kTileCols] = .5f * (t[i][0] + t[i][1] + t[i][2]);
          row[size_t(2 * channels) * kTileCols] = .5f * (t[i][0] - t[i][1] + t[i][2]);
          row[size_t(3 * channels) * kTileCols] = t[i][2];
        }
      }
    }
  });
}

// Transformed patches of the tiles [begin, end): [chunk of channels][element][tile][kStride].
void transformBlock(const Tiles& t, const float* x, int channels, int begin, int end, int room, const float* zeros, float* v) {
  const int chunks = (channels + kChunk - 1) / kChunk;
  const size_t elementStride = size_t(room) * kStride;
  for (int i = begin; i < end; i++) {
    const int image = i / t.perImage(), tile = i % t.perImage();
    const float *d[16], *shifted[16];
    patchPixels<4>(t, x + size_t(image) * t.height * t.width * channels, channels, tile / t.across * 2 - 1,
                   tile % t.across * 2 - 1, zeros, d);
    for (int k = 0; k < chunks; k++) {
      for (int e = 0; e < 16; e++) shifted[e] = d[e] == zeros ? zeros : d[e] + k * kChunk;
      transformPatch(shifted, std::min(kChunk, channels - k * kChunk),
                     v + (size_t(k) * kElements * room + (i - begin)) * kStride, elementStride);
    }
  }
}

void convolve(const Tiles& t, int images, int channels, int outputs, const float* x, const float* u, float* y) {
  const int tiles = images * t.perImage(), room = blockTiles(channels);
  const int panels = (outputs + kTileCols - 1) / kTileCols, chunks = (channels + kChunk - 1) / kChunk;
  parallelTasks((tiles + room - 1) / room, [&](int task) {
    const int begin = task * room, end = std::min(tiles, begin + room), rows = end - begin;
    const std::vector<float> zeros(std::min(channels, kChunk), 0.f);
    float* v = scratch<2>(size_t(chunks) * kElements * room * kStride);
    float* m = scratch<3>(size_t(kElements) * room * kTileCols);
    transformBlock(t, x, channels, begin, end, room, zeros.data(), v);
    for (int p = 0; p < panels; p++) {
      const int cols = std::min(kTileCols, outputs - p * kTileCols);
      for (int e = 0; e < kElements; e++) {
        for (int k = 0; k < chunks; k++) {
          const float* a = v + (size_t(k) * kElements + e) * room * kStride;
          const float* b = u + ((size_t(p) * kElements + e) * channels + k * kChunk) * kTileCols;
          for (int i = 0; i < rows; i += kTileRows) {
            float* out[kTileRows];
            const int height = std::min(kTileRows, rows - i);
            for (int j = 0; j < height; j++) out[j] = m + (size_t(e) * room + i + j) * kTileCols;
            tileOf<PackedA::rowsByTerms>(height)(std::min(kChunk, channels - k * kChunk), a + size_t(i) * kStride, b, out,
                                                 kTileCols, k > 0);
          }
        }
      }
      for (int i = 0; i < rows; i++) {
        const int image = (begin + i) / t.perImage(), tile = (begin + i) % t.perImage();
        const float* to[4];
        patchPixels<2>(t, y + size_t(image) * t.height * t.width * outputs + p * kTileCols, outputs, tile / t.across * 2,
                       tile % t.across * 2, nullptr, to);
        transformOutput(m + size_t(i) * kTileCols, size_t(room) * kTileCols, cols, const_cast<float* const*>(to));
      }
    }
  });
}

float* transformedFilters(const ConvShape& s, const float* w, bool backward) {
  const int channels = backward ? s.k : s.c, columns = backward ? s.c : s.k;
  const int panels = (columns + kTileCols - 1) / kTileCols;
  float* u = scratch<4>(size_t(panels) * kElements * channels * kTileCols);
  transformFilters(s.c, s.k, w, backward, u);
  return u;
}

}  // namespace

bool winogradFits(const ConvShape& s) {
  const bool sameSize3x3 = s.kh == 3 && s.kw == 3 && s.strideH == 1 && s.strideW == 1 && s.dilationH == 1 && s.dilationW == 1 &&
                           s.padTop == 1 && s.padLeft == 1 && s.oh == s.h && s.ow == s.w;
  const bool wholeVectors = s.c % kLanes == 0 && s.k % kLanes == 0 && s.c >= kTileCols && s.k >= kTileCols;
  // Below 4x4 the direct way skips most taps; with few tiles, transforming the filters costs more than it saves.
  return sameSize3x3 && wholeVectors && s.h >= 4 && s.w >= 4 && s.n * tilesOf(s).perImage() >= 2 * (s.c > s.k ? s.c : s.k);
}

void winogradForward(const ConvShape& s, const float* x, const float* w, float* y) {
  convolve(tilesOf(s), s.n, s.c, s.k, x, transformedFilters(s, w, false), y);
}

void winogradBackwardData(const ConvShape& s, const float* dy, const float* w, float* dx) {
  convolve(tilesOf(s), s.n, s.k, s.c, dy, transformedFilters(s, w, true), dx);
}

void winogradBackwardFilter(const ConvShape& s, const float* x, const float* dy, float* dw) {
  const Tiles t = tilesOf(s);
  const int tiles = s.n * t.perImage(), room = blockTiles(s.c), blocks = (tiles + room - 1) / room;
  const int panels = (s.k + kTileCols - 1) / kTileCols, chunks = (s.c + kChunk - 1) / kChunk;
  const int parts = std::min(threadCount(), blocks);
  const size_t size = size_t(kElements) * s.c * s.k;
  float* sums = scratch<4>(size * parts);  // one sum per thread, added in order afterwards
  parallelTasks(parts, [&](int part) {
    float* du = sums + size * part;
    const std::vector<float> zeros(std::max(std::min(s.c, kChunk), kTileCols), 0.f);
    float* v = scratch<2>(size_t(chunks) * kElements * room * kStride);
    float* g = scratch<3>(size_t(kElements) * room * kTileCols);
    const int first = blocks * part / parts, last = blocks * (part + 1) / parts;
    for (int block = first; block < last; block++) {
      const int begin = block * room, end = std::min(tiles, begin + room), terms = end - begin;
      transformBlock(t, x, s.c, begin, end, room, zeros.data(), v);
      for (int p = 0; p < panels; p++) {
        const int cols = std::min(kTileCols, s.k - p * kTileCols);
        for (int i = 0; i < terms; i++) {
          const int image = (begin + i) / t.perImage(), tile = (begin + i) % t.perImage();
          const float* from[4];
          patchPixels<2>(t, dy + size_t(image) * t.height * t.width * s.k + p * kTileCols, s.k, tile / t.across * 2,
                         tile % t.across * 2, zeros.data(), from);
          transformOutputGradient(from, cols, g + size_t(i) * kTileCols, size_t(room) * kTileCols);
        }
        for (int e = 0; e < kElements; e++) {
          const float* b = g + size_t(e) * room * kTileCols;
          for (int c0 = 0; c0 < s.c; c0 += kChunk) {
            const int rows = std::min(kChunk, s.c - c0), bands = (rows + kTileRows - 1) / kTileRows;
            const float* a = v + (size_t(c0 / kChunk) * kElements + e) * room * kStride;
            for (int i = 0; i < bands; i++) {
              const int top = rows * i / bands, bottom = rows * (i + 1) / bands;
              float* out[kTileRows];
              for (int j = top; j < bottom; j++) out[j - top] = du + (size_t(e) * s.c + c0 + j) * s.k + p * kTileCols;
              tileOf<PackedA::termsByRows>(bottom - top)(terms, a + top, b, out, cols, block > first);
            }
          }
        }
      }
    }
  });
  parallelTasks(s.c, [&](int c) {
    for (int k = 0; k < s.k; k += kLanes) {
      Lanes u[kElements], r[3][4];
      for (int e = 0; e < kElements; e++) {
        const float* from = sums + (size_t(e) * s.c + c) * s.k + k;
        u[e] = load(from);
        for (int part = 1; part < parts; part++) u[e] += load(from + size * part);
      }
      for (int j = 0; j < 4; j++) {  // G' u G
        r[0][j] = u[j] + .5f * (u[4 + j] + u[8 + j]);
        r[1][j] = .5f * (u[4 + j] - u[8 + j]);
        r[2][j] = .5f * (u[4 + j] + u[8 + j]) + u[12 + j];
      }
      for (int i = 0; i < 3; i++) {
        float* to = dw + (size_t(3 * i) * s.c + c) * s.k + k;
        const size_t tap = size_t(s.c) * s.k;
        store(to, r[i][0] + .5f * (r[i][1] + r[i][2]));
        store(to + tap, .5f * (r[i][1] - r[i][2]));
        store(to + 2 * tap, .5f * (r[i][1] + r[i][2]) + r[i][3]);
      }
    }
  });
}
