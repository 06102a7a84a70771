// The k largest products of each row of A with the rows of B, of which a block at a time arrives: nearest neighbours,
// without a matrix of all products. The tiles of convolutions compute a block of products that stays in the second
// level of cache, where each row's heap takes what is larger than the smallest it holds.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "gemm.h"
#include "napi.h"
#include "parallel.h"

namespace {

// A heap whose root is the worst of the best so far: the smallest product, of equal ones the last in B.
struct Heap {
  float* products;
  int32_t* indices;
  int size;

  bool isWorse(int a, int b) const {
    return products[a] < products[b] || (products[a] == products[b] && indices[a] > indices[b]);
  }

  void replaceRoot(float product, int32_t index) {
    products[0] = product, indices[0] = index;
    for (int at = 0, child = 1; child < size; at = child, child = 2 * at + 1) {
      if (child + 1 < size && isWorse(child + 1, child)) child++;
      if (!isWorse(child, at)) break;
      std::swap(products[at], products[child]);
      std::swap(indices[at], indices[child]);
    }
  }
};

// Takes products with B's rows into the heaps of A's rows, [rows, k] each; `first` is the index of B's first row, all of
// whose predecessors were offered before.
void mergeNearest(Buffer a, Buffer b, Bytes products, Bytes indices, int dim, int k, int first) {
  const int rows = int(a.count() / dim), columns = int(b.count() / dim);
  if (k < 1 || products.size != size_t(rows) * k * sizeof(float) || indices.size != products.size) {
    throw std::invalid_argument("nearest rows: expected " + std::to_string(k) + " places for each of " + std::to_string(rows));
  }
  const int panels = (columns + kTileCols - 1) / kTileCols, width = panels * kTileCols;
  float* packedB = scratch<2>(size_t(width) * dim);  // [chunks][panels][terms][kTileCols]
  parallelTasks(panels, [&](int p) {
    const int column = p * kTileCols, cols = std::min(kTileCols, columns - column);
    for (int term = 0; term < dim; term += kChunk) {
      const int terms = std::min(kChunk, dim - term);
      packPanelTransposed(terms, b.floats() + size_t(column) * dim + term, dim, cols,
                          packedB + size_t(term) * width + size_t(p) * terms * kTileCols);
    }
  });
  const int blocks = (rows + kBlockRows - 1) / kBlockRows;
  parallelTasks(blocks, [&](int block) {
    const int row = block * kBlockRows, height = std::min(kBlockRows, rows - row);
    float* packedA = scratch<0>(size_t(kBlockRows) * kStride);
    float* found = scratch<3>(size_t(kBlockRows) * width);
    for (int term = 0; term < dim; term += kChunk) {
      const int terms = std::min(kChunk, dim - term);
      for (int i = 0; i < height; i++) {
        memcpy(packedA + size_t(i) * kStride, a.floats() + size_t(row + i) * dim + term, terms * sizeof(float));
      }
      const float* panel = packedB + size_t(term) * width;
      for (int p = 0; p < panels; p++, panel += size_t(terms) * kTileCols) {
        for (int i = 0; i < height; i += kTileRows) {
          float* out[kTileRows];
          for (int r = 0; r < kTileRows; r++) out[r] = found + size_t(i + r) * width + p * kTileCols;
          tileOf<PackedA::rowsByTerms>(std::min(kTileRows, height - i))(terms, packedA + size_t(i) * kStride, panel, out, kTileCols,
                                                                        term > 0);
        }
      }
    }
    for (int i = 0; i < height; i++) {
      const size_t at = size_t(row + i) * k;
      Heap heap{static_cast<float*>(products.data) + at, static_cast<int32_t*>(indices.data) + at, k};
      const float* of = found + size_t(i) * width;
      for (int j = 0; j < columns; j++) {
        if (of[j] > heap.products[0]) heap.replaceRoot(of[j], first + j);
      }
    }
  });
}

}  // namespace

void bindNearest(napi_env env, napi_value exports) { bind<&mergeNearest>(env, exports, "mergeNearest"); }
