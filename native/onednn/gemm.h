// The register tile that convolutions and matrix products share.
//
// One tile is up to kTileRows x kTileCols outputs held in vector registers while a reduction of up to kChunk terms
// streams by: per term one row of a packed panel of B (kTileCols wide) and one scalar of A per output row. A is
// copied beforehand into a buffer of fixed row stride, so that every scalar has a constant displacement from a single
// pointer (14 rows would not fit into the general registers otherwise). The layout follows Goto & van de Geijn,
// "Anatomy of High-Performance Matrix Multiplication", 2008.
#pragma once
#include <cstddef>
#include <cstring>
#include <utility>

#if defined(__AVX512F__)
constexpr int kLanes = 16, kTileRows = 14;
#elif defined(__AVX__)
constexpr int kLanes = 8, kTileRows = 6;
#else
constexpr int kLanes = 4, kTileRows = 6;
#endif
constexpr int kTileCols = 2 * kLanes;
constexpr int kChunk = 256;          // terms of a reduction held packed at a time
constexpr int kStride = kChunk + 16; // row stride of packed A in floats; not a power of two, to spread cache sets
constexpr int kBlockRows = 16 * kTileRows;  // rows of A packed at a time: with a panel of B they fit in half of L2

typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float)), aligned(4), may_alias));

// How packed A is read: output row i and term r at a[i * kStride + r], or, transposed, at a[r * kStride + i].
enum class PackedA { rowsByTerms, termsByRows };

template <int Rows, PackedA layout>
inline void tileFixed(int terms, const float* a, const float* b, float* const* out, int cols, bool accumulate) {
  constexpr int rowStep = layout == PackedA::rowsByTerms ? kStride : 1;
  constexpr int termStep = layout == PackedA::rowsByTerms ? 1 : kStride;
  Lanes acc[Rows][2];
#pragma GCC unroll 16
  for (int i = 0; i < Rows; i++) acc[i][0] = acc[i][1] = Lanes{};
  for (int r = 0; r < terms; r++) {
    const Lanes b0 = *reinterpret_cast<const Lanes*>(b), b1 = *reinterpret_cast<const Lanes*>(b + kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; i++) {
      const float scalar = a[i * rowStep];
      acc[i][0] += scalar * b0;
      acc[i][1] += scalar * b1;
    }
    a += termStep;
    b += kTileCols;
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; i++) {
    if (cols == kTileCols) {
      Lanes* o = reinterpret_cast<Lanes*>(out[i]);
      Lanes* o1 = reinterpret_cast<Lanes*>(out[i] + kLanes);
      if (accumulate) acc[i][0] += *o, acc[i][1] += *o1;
      *o = acc[i][0], *o1 = acc[i][1];
    } else {
      float edge[kTileCols];
      memcpy(edge, &acc[i][0], sizeof(edge));
      for (int j = 0; j < cols; j++) out[i][j] = accumulate ? out[i][j] + edge[j] : edge[j];
    }
  }
}

using Tile = void (*)(int terms, const float* a, const float* b, float* const* out, int cols, bool accumulate);

template <PackedA layout, size_t... I>
inline Tile tileOfImpl(int rows, std::index_sequence<I...>) {
  static const Tile table[] = {tileFixed<int(I) + 1, layout>...};
  return table[rows - 1];
}

// The tile function for 1 <= rows <= kTileRows. `out` holds one pointer per row; cols <= kTileCols are written.
template <PackedA layout>
inline Tile tileOf(int rows) {
  return tileOfImpl<layout>(rows, std::make_index_sequence<kTileRows>{});
}

// Copies `terms` rows of B (row r at b + r * stride) into a panel, padding to kTileCols with zeros.
inline void packPanel(int terms, const float* b, size_t stride, int cols, float* panel) {
  if (cols == kTileCols) {
    for (int r = 0; r < terms; r++, b += stride, panel += kTileCols) memcpy(panel, b, kTileCols * sizeof(float));
    return;
  }
  for (int r = 0; r < terms; r++, b += stride, panel += kTileCols) {
    for (int j = 0; j < kTileCols; j++) panel[j] = j < cols ? b[j] : 0.f;
  }
}

// The same where B is stored transposed: term r of column j at b[j * stride + r].
inline void packPanelTransposed(int terms, const float* b, size_t stride, int cols, float* panel) {
  constexpr int block = 16;
  for (int r0 = 0; r0 < terms; r0 += block) {
    const int r1 = r0 + block < terms ? r0 + block : terms;
    for (int j = 0; j < kTileCols; j++) {
      if (j >= cols) {
        for (int r = r0; r < r1; r++) panel[r * kTileCols + j] = 0.f;
      } else {
        const float* column = b + j * stride;
        for (int r = r0; r < r1; r++) panel[r * kTileCols + j] = column[r];
      }
    }
  }
}
