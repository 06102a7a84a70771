// Reductions of a tensor seen as [outer, reduced, inner] to [outer, inner]; sums are carried in double precision
// between short float runs, so that their error does not grow with the length.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "napi.h"
#include "parallel.h"

namespace {

constexpr int kRun = 512;  // floats summed in single precision at a time

float sumRow(const float* x, int64_t n) {
  double total = 0;
  for (int64_t begin = 0; begin < n; begin += kRun) {
    const int64_t end = std::min<int64_t>(n, begin + kRun);
    float lanes[16] = {};
    int64_t i = begin;
    for (; i + 16 <= end; i += 16) {
      for (int j = 0; j < 16; j++) lanes[j] += x[i + j];
    }
    for (; i < end; i++) lanes[0] += x[i];
    float sum = 0;
    for (float lane : lanes) sum += lane;
    total += sum;
  }
  return float(total);
}

// Splits [outer] x [inner] over the threads, by whichever is larger; every output is made by one thread in one order.
template <class Body>
void overOutputs(int64_t outer, int64_t reduced, int64_t inner, const Body& body) {
  const int parts = outer * reduced * inner < 32768 ? 1 : threadCount();
  const bool splitOuter = outer >= parts;
  parallelTasks(parts, [&](int part) {
    const int64_t size = splitOuter ? outer : inner;
    const int64_t begin = size * part / parts, end = size * (part + 1) / parts;
    if (splitOuter) {
      for (int64_t o = begin; o < end; o++) body(o, 0, inner);
    } else {
      for (int64_t o = 0; o < outer; o++) body(o, begin, end);
    }
  });
}

void sum(Buffer x, Buffer y, double outerSize, double reducedSize, double innerSize, double scale) {
  const int64_t outer = int64_t(outerSize), reduced = int64_t(reducedSize), inner = int64_t(innerSize);
  const float* from = x.floats();
  float* to = y.floats();
  const float factor = float(scale);
  overOutputs(outer, reduced, inner, [&](int64_t o, int64_t begin, int64_t end) {
    if (inner == 1) {
      to[o] = sumRow(from + o * reduced, reduced) * factor;
      return;
    }
    std::vector<double> total(end - begin, 0.);
    std::vector<float> run(end - begin);
    for (int64_t r0 = 0; r0 < reduced; r0 += kRun) {
      std::fill(run.begin(), run.end(), 0.f);
      for (int64_t r = r0; r < std::min<int64_t>(reduced, r0 + kRun); r++) {
        const float* row = from + (o * reduced + r) * inner + begin;
        for (int64_t i = 0; i < end - begin; i++) run[i] += row[i];
      }
      for (int64_t i = 0; i < end - begin; i++) total[i] += run[i];
    }
    for (int64_t i = begin; i < end; i++) to[o * inner + i] = float(total[i - begin]) * factor;
  });
}

template <class T, class F>
void fold(Buffer x, Buffer y, int64_t outer, int64_t reduced, int64_t inner, T initial, F f) {
  const T* from = static_cast<const T*>(x.data);
  T* to = static_cast<T*>(y.data);
  overOutputs(outer, reduced, inner, [&](int64_t o, int64_t begin, int64_t end) {
    std::fill(to + o * inner + begin, to + o * inner + end, initial);
    for (int64_t r = 0; r < reduced; r++) {
      for (int64_t i = begin; i < end; i++) to[o * inner + i] = f(to[o * inner + i], from[(o * reduced + r) * inner + i]);
    }
  });
}

template <class T>
void foldNamed(const std::string& op, Buffer x, Buffer y, int64_t o, int64_t r, int64_t i) {
  using Limits = std::numeric_limits<T>;
  const T low = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  const T high = Limits::has_infinity ? Limits::infinity() : Limits::max();
  if (op == "Sum") return fold<T>(x, y, o, r, i, T(0), [](T a, T b) { return a + b; });
  if (op == "Prod") return fold<T>(x, y, o, r, i, T(1), [](T a, T b) { return a * b; });
  if (op == "Max") return fold<T>(x, y, o, r, i, low, [](T a, T b) { return b > a || b != b ? b : a; });
  if (op == "Min") return fold<T>(x, y, o, r, i, high, [](T a, T b) { return b < a || b != b ? b : a; });
  if (op == "All") return fold<T>(x, y, o, r, i, T(1), [](T a, T b) { return T(a != 0 && b != 0); });
  if (op == "Any") return fold<T>(x, y, o, r, i, T(0), [](T a, T b) { return T(a != 0 || b != 0); });
  throw std::invalid_argument("native reduction: unknown operation " + op);
}

const char* const kFolds[] = {"Sum", "Prod", "Max", "Min", "All", "Any"};

void reduce(int op, bool isFloat, Buffer x, Buffer y, double outer, double reduced, double inner) {
  isFloat ? foldNamed<float>(kFolds[op], x, y, int64_t(outer), int64_t(reduced), int64_t(inner))
          : foldNamed<int32_t>(kFolds[op], x, y, int64_t(outer), int64_t(reduced), int64_t(inner));
}

template <class T>
void extreme(const T* x, int32_t* y, int64_t outer, int64_t reduced, int64_t inner, bool largest) {
  for (int64_t o = 0; o < outer; o++) {
    for (int64_t i = 0; i < inner; i++) {
      int64_t best = 0;
      for (int64_t r = 1; r < reduced; r++) {
        const T candidate = x[(o * reduced + r) * inner + i], current = x[(o * reduced + best) * inner + i];
        if (largest ? candidate > current : candidate < current) best = r;
      }
      y[o * inner + i] = int32_t(best);
    }
  }
}

// The first index of the largest (or smallest) element.
void argExtreme(Buffer x, Buffer y, bool isFloat, bool largest, double outer, double reduced, double inner) {
  isFloat ? extreme(x.floats(), y.ints(), int64_t(outer), int64_t(reduced), int64_t(inner), largest)
          : extreme(x.ints(), y.ints(), int64_t(outer), int64_t(reduced), int64_t(inner), largest);
}

void cumulativeSum(Buffer x, Buffer y, double outerSize, double axisSize, double innerSize, bool exclusive, bool reverse) {
  const int64_t outer = int64_t(outerSize), size = int64_t(axisSize), inner = int64_t(innerSize);
  for (int64_t o = 0; o < outer; o++) {
    for (int64_t i = 0; i < inner; i++) {
      double total = 0;
      for (int64_t step = 0; step < size; step++) {
        const int64_t at = (o * size + (reverse ? size - 1 - step : step)) * inner + i;
        const float value = x.floats()[at];
        y.floats()[at] = float(exclusive ? total : total + value);
        total += value;
      }
    }
  }
}

// The k largest of each row of `size`, in falling order; of equals the first.
void topK(Buffer x, Buffer values, Buffer indices, double rowsCount, int size, int k) {
  const int64_t rows = int64_t(rowsCount);
  const int parts = rows * size < 32768 ? 1 : threadCount();
  parallelTasks(parts, [&](int part) {
    std::vector<int32_t> order(size);
    for (int64_t row = rows * part / parts; row < rows * (part + 1) / parts; row++) {
      const float* from = x.floats() + row * size;
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(), order.begin() + k, order.end(),
                        [from](int32_t a, int32_t b) { return from[a] > from[b] || (from[a] == from[b] && a < b); });
      for (int j = 0; j < k; j++) {
        indices.ints()[row * k + j] = order[j];
        values.floats()[row * k + j] = from[order[j]];
      }
    }
  });
}

}  // namespace

void bindReductions(napi_env env, napi_value exports) {
  bind<&sum>(env, exports, "sum");
  bind<&reduce>(env, exports, "reduce");
  bind<&argExtreme>(env, exports, "argExtreme");
  bind<&cumulativeSum>(env, exports, "cumulativeSum");
  bind<&topK>(env, exports, "topK");
}
