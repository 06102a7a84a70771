// Moving elements (of 4 bytes, whatever they mean): strided copies, gather, scatter-add, one-hot.
#include <algorithm>
#include <cstring>

#include "napi.h"
#include "parallel.h"

namespace {

struct View {
  int rank;
  const int32_t *dims, *strides;
  int64_t offset;
};

// layout: offset, rank, dims..., strides...
View viewOf(const Ints& layout) { return {layout[1], layout.data + 2, layout.data + 2 + layout[1], layout[0]}; }

int64_t offsetOf(const View& view, int64_t row) {
  int64_t offset = view.offset;
  for (int d = view.rank - 2; d >= 0; d--) {
    offset += row % view.dims[d] * view.strides[d];
    row /= view.dims[d];
  }
  return offset;
}

// Calls body(row, offset, inner length, inner stride) for every run along the innermost dimension.
template <class Body>
void overRows(const View& view, const Body& body) {
  const int64_t inner = view.rank == 0 ? 1 : view.dims[view.rank - 1], stride = view.rank == 0 ? 1 : view.strides[view.rank - 1];
  int64_t outer = 1;
  for (int d = 0; d + 1 < view.rank; d++) outer *= view.dims[d];
  const int parts = outer * inner < 32768 ? 1 : int(std::min<int64_t>(threadCount(), outer));
  parallelTasks(parts, [&](int part) {
    for (int64_t row = outer * part / parts; row < outer * (part + 1) / parts; row++) body(row, offsetOf(view, row), inner, stride);
  });
}

// y[i] = x[view(i)]: transposes, slices, reversals, broadcasts.
void gatherView(Buffer x, Buffer y, Ints layout) {
  const View view = viewOf(layout);
  const int32_t* from = x.ints();
  int32_t* to = y.ints();
  // A plain matrix transpose goes in blocks, or each read would touch another cache line.
  if (view.rank == 2 && view.strides[0] == 1 && view.strides[1] > 1) {
    constexpr int block = 32;
    const int64_t rows = view.dims[0], cols = view.dims[1], stride = view.strides[1];
    parallelTasks(int((rows + block - 1) / block), [&](int part) {
      const int64_t r0 = int64_t(part) * block, r1 = std::min<int64_t>(rows, r0 + block);
      for (int64_t c0 = 0; c0 < cols; c0 += block) {
        for (int64_t r = r0; r < r1; r++) {
          for (int64_t c = c0; c < std::min<int64_t>(cols, c0 + block); c++) to[r * cols + c] = from[view.offset + r + c * stride];
        }
      }
    });
    return;
  }
  overRows(view, [=](int64_t row, int64_t offset, int64_t inner, int64_t stride) {
    if (stride == 1) {
      memcpy(to + row * inner, from + offset, inner * sizeof(int32_t));
    } else {
      for (int64_t i = 0; i < inner; i++) to[row * inner + i] = from[offset + i * stride];
    }
  });
}

// y[view(i)] = x[i]: concatenation, stacking, padding.
void scatterView(Buffer x, Buffer y, Ints layout) {
  const int32_t* from = x.ints();
  int32_t* to = y.ints();
  overRows(viewOf(layout), [=](int64_t row, int64_t offset, int64_t inner, int64_t stride) {
    if (stride == 1) {
      memcpy(to + offset, from + row * inner, inner * sizeof(int32_t));
    } else {
      for (int64_t i = 0; i < inner; i++) to[offset + i * stride] = from[row * inner + i];
    }
  });
}

// x [outer, axis, inner], indices [count] -> y [outer, count, inner]
void gather(Buffer x, Buffer indices, Buffer y, double outer, int axis, double inner) {
  const int64_t count = indices.count(), run = int64_t(inner);
  for (int64_t o = 0; o < int64_t(outer); o++) {
    for (int64_t i = 0; i < count; i++) {
      const int32_t index = indices.ints()[i];
      if (index < 0 || index >= axis) {
        throw std::out_of_range("gather: expected indices in [0, " + std::to_string(axis) + "), got " + std::to_string(index));
      }
      memcpy(y.ints() + (o * count + i) * run, x.ints() + (o * axis + index) * run, run * sizeof(int32_t));
    }
  }
}

// x [count, inner], ids [count] -> y [segments, inner]; a negative id drops its row, as in TensorFlow.
void segmentSum(Buffer x, Buffer ids, Buffer y, int segments, double inner) {
  const int64_t run = int64_t(inner);
  std::fill(y.floats(), y.floats() + y.count(), 0.f);
  for (int64_t i = 0; i < ids.count(); i++) {
    const int32_t id = ids.ints()[i];
    if (id >= segments) throw std::out_of_range("segment sum: expected ids below " + std::to_string(segments) + ", got " + std::to_string(id));
    if (id < 0) continue;
    for (int64_t j = 0; j < run; j++) y.floats()[id * run + j] += x.floats()[i * run + j];
  }
}

void oneHot(Buffer indices, Buffer y, bool isFloat, int depth, double on, double off) {
  for (int64_t i = 0; i < indices.count(); i++) {
    for (int d = 0; d < depth; d++) {
      const double value = indices.ints()[i] == d ? on : off;
      if (isFloat) {
        y.floats()[i * depth + d] = float(value);
      } else {
        y.ints()[i * depth + d] = int32_t(value);
      }
    }
  }
}

}  // namespace

void bindLayout(napi_env env, napi_value exports) {
  bind<&gatherView>(env, exports, "gatherView");
  bind<&scatterView>(env, exports, "scatterView");
  bind<&gather>(env, exports, "gather");
  bind<&segmentSum>(env, exports, "segmentSum");
  bind<&oneHot>(env, exports, "oneHot");
}
