// Element by element: unary, broadcasting binary, select, cast, fill.
//
// The operations are tables; JavaScript asks for their names and calls them by index.
#include <algorithm>
#include <cmath>
#include <vector>

#include "napi.h"
#include "parallel.h"

namespace {

constexpr int64_t kParallelFrom = 1 << 15;  // below, starting the threads costs more than it saves

template <class Body>
void parallelRange(int64_t count, const Body& body) {
  const int parts = count < kParallelFrom ? 1 : threadCount();
  parallelTasks(parts, [&](int part) { body(count * part / parts, count * (part + 1) / parts); });
}

template <class T>
T* as(const Buffer& buffer) {
  return static_cast<T*>(buffer.data);
}

// ---- unary ----

struct Unary {
  const char* name;
  void (*run)(const float* x, float* y, int64_t n, float a, float b);
};

template <class F>
void unaryLoop(const float* x, float* y, int64_t n, float a, float b) {
  parallelRange(n, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) y[i] = F{}(x[i], a, b);
  });
}

template <class F>
constexpr Unary unaryOf(const char* name, F) {
  return {name, unaryLoop<F>};
}

constexpr float kSeluScale = 1.0507009873554804934193349852946f, kSeluAlpha = 1.6732632423543772848170429916717f;

float roundHalfEven(float x) { return std::nearbyint(x); }

const Unary unaries[] = {
    unaryOf("Abs", [](float x, float, float) { return std::fabs(x); }),
    unaryOf("Neg", [](float x, float, float) { return -x; }),
    unaryOf("Exp", [](float x, float, float) { return std::exp(x); }),
    unaryOf("Expm1", [](float x, float, float) { return std::expm1(x); }),
    unaryOf("Log", [](float x, float, float) { return std::log(x); }),
    unaryOf("Log1p", [](float x, float, float) { return std::log1p(x); }),
    unaryOf("Sqrt", [](float x, float, float) { return std::sqrt(x); }),
    unaryOf("Rsqrt", [](float x, float, float) { return 1 / std::sqrt(x); }),
    unaryOf("Square", [](float x, float, float) { return x * x; }),
    unaryOf("Reciprocal", [](float x, float, float) { return 1 / x; }),
    unaryOf("Relu", [](float x, float, float) { return x < 0 ? 0.f : x; }),
    unaryOf("Relu6", [](float x, float, float) { return x < 0 ? 0.f : x > 6 ? 6.f : x; }),
    unaryOf("LeakyRelu", [](float x, float a, float) { return x < 0 ? a * x : x; }),
    unaryOf("Elu", [](float x, float, float) { return x >= 0 ? x : std::expm1(x); }),
    unaryOf("Selu", [](float x, float, float) { return x >= 0 ? kSeluScale * x : kSeluScale * kSeluAlpha * std::expm1(x); }),
    unaryOf("Sigmoid", [](float x, float, float) { return 1 / (1 + std::exp(-x)); }),
    unaryOf("Softplus", [](float x, float, float) { return std::max(x, 0.f) + std::log1p(std::exp(-std::fabs(x))); }),
    unaryOf("Tanh", [](float x, float, float) { return std::tanh(x); }),
    unaryOf("Sin", [](float x, float, float) { return std::sin(x); }),
    unaryOf("Cos", [](float x, float, float) { return std::cos(x); }),
    unaryOf("Floor", [](float x, float, float) { return std::floor(x); }),
    unaryOf("Ceil", [](float x, float, float) { return std::ceil(x); }),
    unaryOf("Round", [](float x, float, float) { return roundHalfEven(x); }),
    unaryOf("Sign", [](float x, float, float) { return x > 0 ? 1.f : x < 0 ? -1.f : x; }),
    unaryOf("Step", [](float x, float a, float) { return std::isnan(x) ? x : x > 0 ? 1.f : a; }),
    unaryOf("Erf", [](float x, float, float) { return std::erf(x); }),
    unaryOf("ClipByValue", [](float x, float a, float b) { return x < a ? a : x > b ? b : x; }),
};

struct Test {
  const char* name;
  bool (*holds)(float x);
};

const Test tests[] = {
    {"IsNan", [](float x) { return std::isnan(x); }},
    {"IsInf", [](float x) { return std::isinf(x); }},
    {"IsFinite", [](float x) { return std::isfinite(x); }},
};

// ---- binary ----

// A broadcasting loop: `dims` of the output, from the outermost, and both operands' strides (0 where broadcast).
struct Strided {
  const int32_t *dims, *a, *b;
  int rank;
};

template <class T, class R, class F>
void binaryLoop(const Strided& s, const void* first, const void* second, void* out) {
  const T *x = static_cast<const T*>(first), *y = static_cast<const T*>(second);
  R* z = static_cast<R*>(out);
  const int64_t inner = s.rank == 0 ? 1 : s.dims[s.rank - 1];
  const int strideX = s.rank == 0 ? 0 : s.a[s.rank - 1], strideY = s.rank == 0 ? 0 : s.b[s.rank - 1];
  int64_t outer = 1;
  for (int d = 0; d + 1 < s.rank; d++) outer *= s.dims[d];
  auto row = [=](int64_t offsetX, int64_t offsetY, R* to, int64_t begin, int64_t end) {
    const T *from = x + offsetX, *other = y + offsetY;
    if (strideX == 1 && strideY == 1) {
      for (int64_t i = begin; i < end; i++) to[i] = F{}(from[i], other[i]);
    } else if (strideX == 1 && strideY == 0) {
      const T constant = *other;
      for (int64_t i = begin; i < end; i++) to[i] = F{}(from[i], constant);
    } else if (strideX == 0 && strideY == 1) {
      const T constant = *from;
      for (int64_t i = begin; i < end; i++) to[i] = F{}(constant, other[i]);
    } else {
      for (int64_t i = begin; i < end; i++) to[i] = F{}(from[i * strideX], other[i * strideY]);
    }
  };
  if (outer == 1) return parallelRange(inner, [&](int64_t begin, int64_t end) { row(0, 0, z, begin, end); });
  const int parts = outer * inner < kParallelFrom ? 1 : int(std::min<int64_t>(threadCount(), outer));
  parallelTasks(parts, [&](int part) {
    for (int64_t i = outer * part / parts; i < outer * (part + 1) / parts; i++) {
      int64_t rest = i, offsetX = 0, offsetY = 0;
      for (int d = s.rank - 2; d >= 0; d--) {
        offsetX += rest % s.dims[d] * s.a[d];
        offsetY += rest % s.dims[d] * s.b[d];
        rest /= s.dims[d];
      }
      row(offsetX, offsetY, z + i * inner, 0, inner);
    }
  });
}

struct Binary {
  const char* name;
  char kind;  // f: float -> float, i: int -> int, c: float -> bool, j: int -> bool
  void (*run)(const Strided& s, const void* a, const void* b, void* out);
};

template <class F>
constexpr Binary floatOf(const char* name, F) {
  return {name, 'f', binaryLoop<float, float, F>};
}
template <class F>
constexpr Binary intOf(const char* name, F) {
  return {name, 'i', binaryLoop<int32_t, int32_t, F>};
}
template <class F>
constexpr Binary compareOf(const char* name, F) {
  return {name, 'c', binaryLoop<float, int32_t, F>};
}
template <class F>
constexpr Binary compareIntOf(const char* name, F) {
  return {name, 'j', binaryLoop<int32_t, int32_t, F>};
}

const Binary binaries[] = {
    floatOf("Add", [](float a, float b) { return a + b; }),
    floatOf("Sub", [](float a, float b) { return a - b; }),
    floatOf("Multiply", [](float a, float b) { return a * b; }),
    floatOf("RealDiv", [](float a, float b) { return a / b; }),
    floatOf("Maximum", [](float a, float b) { return a > b || std::isnan(a) ? a : b; }),
    floatOf("Minimum", [](float a, float b) { return a < b || std::isnan(a) ? a : b; }),
    floatOf("Pow", [](float a, float b) { return std::pow(a, b); }),
    floatOf("SquaredDifference", [](float a, float b) { return (a - b) * (a - b); }),
    floatOf("FloorDiv", [](float a, float b) { return std::floor(a / b); }),
    floatOf("Mod", [](float a, float b) { const float r = std::fmod(a, b); return (a < 0) == (b < 0) ? r : std::fmod(r + b, b); }),
    floatOf("Prelu", [](float a, float b) { return a < 0 ? a * b : a; }),
    floatOf("EluGrad", [](float dy, float y) { return y >= 0 ? dy : dy * (y + 1); }),
    intOf("Add", [](int32_t a, int32_t b) { return a + b; }),
    intOf("Sub", [](int32_t a, int32_t b) { return a - b; }),
    intOf("Multiply", [](int32_t a, int32_t b) { return a * b; }),
    intOf("Maximum", [](int32_t a, int32_t b) { return std::max(a, b); }),
    intOf("Minimum", [](int32_t a, int32_t b) { return std::min(a, b); }),
    intOf("SquaredDifference", [](int32_t a, int32_t b) { return (a - b) * (a - b); }),
    intOf("FloorDiv", [](int32_t a, int32_t b) { return b == 0 ? 0 : int32_t(std::floor(double(a) / b)); }),
    intOf("Mod", [](int32_t a, int32_t b) { return b == 0 ? 0 : ((a % b) + b) % b; }),
    compareOf("Equal", [](float a, float b) { return int32_t(a == b); }),
    compareOf("NotEqual", [](float a, float b) { return int32_t(a != b); }),
    compareOf("Less", [](float a, float b) { return int32_t(a < b); }),
    compareOf("LessEqual", [](float a, float b) { return int32_t(a <= b); }),
    compareOf("Greater", [](float a, float b) { return int32_t(a > b); }),
    compareOf("GreaterEqual", [](float a, float b) { return int32_t(a >= b); }),
    compareIntOf("Equal", [](int32_t a, int32_t b) { return int32_t(a == b); }),
    compareIntOf("NotEqual", [](int32_t a, int32_t b) { return int32_t(a != b); }),
    compareIntOf("Less", [](int32_t a, int32_t b) { return int32_t(a < b); }),
    compareIntOf("LessEqual", [](int32_t a, int32_t b) { return int32_t(a <= b); }),
    compareIntOf("Greater", [](int32_t a, int32_t b) { return int32_t(a > b); }),
    compareIntOf("GreaterEqual", [](int32_t a, int32_t b) { return int32_t(a >= b); }),
    compareIntOf("LogicalAnd", [](int32_t a, int32_t b) { return int32_t(a && b); }),
    compareIntOf("LogicalOr", [](int32_t a, int32_t b) { return int32_t(a || b); }),
};

template <class Table>
std::string namesOf(const Table& table) {
  std::string names;
  for (const auto& entry : table) names += (names.empty() ? "" : ",") + std::string(entry.name);
  return names;
}

std::string unaryNames() { return namesOf(unaries); }
std::string testNames() { return namesOf(tests); }

// "Add:f,Sub:f,..." - the kind tells the operands' type.
std::string binaryNames() {
  std::string names;
  for (const Binary& entry : binaries) names += (names.empty() ? "" : ",") + std::string(entry.name) + ":" + entry.kind;
  return names;
}

void unary(int op, Buffer x, Buffer y, double a, double b) { unaries[op].run(x.floats(), y.floats(), y.count(), float(a), float(b)); }

void test(int op, Buffer x, Buffer y) {
  for (int64_t i = 0; i < y.count(); i++) y.ints()[i] = tests[op].holds(x.floats()[i]);
}

// layout: rank, dims..., strides of a..., strides of b...
void binary(int op, Buffer a, Buffer b, Buffer out, Ints layout) {
  const int rank = layout[0];
  binaries[op].run({layout.data + 1, layout.data + 1 + rank, layout.data + 1 + 2 * rank, rank}, a.data, b.data, out.data);
}

void negateInts(Buffer x, Buffer y) {
  for (int64_t i = 0; i < y.count(); i++) y.ints()[i] = -x.ints()[i];
}

void absInts(Buffer x, Buffer y) {
  for (int64_t i = 0; i < y.count(); i++) y.ints()[i] = std::abs(x.ints()[i]);
}

void logicalNot(Buffer x, Buffer y) {
  for (int64_t i = 0; i < y.count(); i++) y.ints()[i] = !x.ints()[i];
}

// Each condition chooses a run of `inner` elements.
void chooseRuns(Buffer condition, Buffer a, Buffer b, Buffer out, double inner) {
  const int64_t run = int64_t(inner);
  for (int64_t i = 0; i < condition.count(); i++) {
    const Buffer& from = condition.ints()[i] ? a : b;
    std::copy_n(from.ints() + i * run, run, out.ints() + i * run);
  }
}

void castFloatToInt(Buffer x, Buffer y) {
  for (int64_t i = 0; i < y.count(); i++) y.ints()[i] = int32_t(x.floats()[i]);
}
void castIntToFloat(Buffer x, Buffer y) {
  for (int64_t i = 0; i < y.count(); i++) y.floats()[i] = float(x.ints()[i]);
}
void castFloatToBool(Buffer x, Buffer y) {
  for (int64_t i = 0; i < y.count(); i++) y.ints()[i] = x.floats()[i] != 0;
}
void castIntToBool(Buffer x, Buffer y) {
  for (int64_t i = 0; i < y.count(); i++) y.ints()[i] = x.ints()[i] != 0;
}

void fillFloats(Buffer out, double value) {
  parallelRange(out.count(), [&](int64_t begin, int64_t end) { std::fill(out.floats() + begin, out.floats() + end, float(value)); });
}
void fillInts(Buffer out, int value) { std::fill(out.ints(), out.ints() + out.count(), value); }

void addMany(Handles inputs, Buffer out) {
  std::vector<const float*> from(inputs.size());
  for (int i = 0; i < inputs.size(); i++) from[i] = inputs[i].floats();
  float* to = out.floats();
  parallelRange(out.count(), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      float sum = from[0][i];
      for (size_t k = 1; k < from.size(); k++) sum += from[k][i];
      to[i] = sum;
    }
  });
}

}  // namespace

void bindElementwise(napi_env env, napi_value exports) {
  bind<&unaryNames>(env, exports, "unaryNames");
  bind<&testNames>(env, exports, "testNames");
  bind<&binaryNames>(env, exports, "binaryNames");
  bind<&unary>(env, exports, "unary");
  bind<&test>(env, exports, "test");
  bind<&binary>(env, exports, "binary");
  bind<&negateInts>(env, exports, "negateInts");
  bind<&absInts>(env, exports, "absInts");
  bind<&logicalNot>(env, exports, "logicalNot");
  bind<&chooseRuns>(env, exports, "chooseRuns");
  bind<&castFloatToInt>(env, exports, "castFloatToInt");
  bind<&castIntToFloat>(env, exports, "castIntToFloat");
  bind<&castFloatToBool>(env, exports, "castFloatToBool");
  bind<&castIntToBool>(env, exports, "castIntToBool");
  bind<&fillFloats>(env, exports, "fillFloats");
  bind<&fillInts>(env, exports, "fillInts");
  bind<&addMany>(env, exports, "addMany");
}
