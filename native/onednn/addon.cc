// The addon's entry: memory, threads, and each family of kernels.
#include <cstring>
#include <dnnl.hpp>
#include <omp.h>

#include "conv.h"
#include "matmul.h"
#include "napi.h"

void bindElementwise(napi_env env, napi_value exports);
void bindReductions(napi_env env, napi_value exports);
void bindLayout(napi_env env, napi_value exports);
void bindNormalization(napi_env env, napi_value exports);
void bindPooling(napi_env env, napi_value exports);
void bindUpdates(napi_env env, napi_value exports);
void bindSoftmax(napi_env env, napi_value exports);
void bindNearest(napi_env env, napi_value exports);
void bindLinearHeads(napi_env env, napi_value exports);

namespace {

int allocate(double bytes) { return allocateBuffer(size_t(bytes)); }
void release(int handle) { releaseBuffer(handle); }

void checkRange(const Buffer& buffer, size_t offset, size_t size) {
  if (offset + size > buffer.bytes) throw std::invalid_argument("native copy: outside of the tensor's memory");
}

void writeBytes(Buffer to, Bytes from, double offset) {
  checkRange(to, size_t(offset), from.size);
  memcpy(static_cast<char*>(to.data) + size_t(offset), from.data, from.size);
}

void readBytes(Buffer from, Bytes to, double offset) {
  checkRange(from, size_t(offset), to.size);
  memcpy(to.data, static_cast<char*>(from.data) + size_t(offset), to.size);
}

void copyBuffer(Buffer from, Buffer to) { memcpy(to.data, from.data, std::min(from.bytes, to.bytes)); }

// Where a tensor's numbers are, for other native code; valid while the tensor lives.
double address(Buffer of) { return double(reinterpret_cast<uintptr_t>(of.data)); }

double usedBytes() { return double(poolStatistics().used); }
double keptBytes() { return double(poolStatistics().kept); }

int threads() { return omp_get_max_threads(); }
void setThreads(int count) { omp_set_num_threads(count); }

std::string version() {
  const dnnl_version_t* v = dnnl_version();
  return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
}

std::string instructionSet() {
#if defined(__AVX512F__)
  return "AVX-512";
#elif defined(__AVX2__)
  return "AVX2";
#elif defined(__AVX__)
  return "AVX";
#elif defined(__ARM_NEON)
  return "NEON";
#else
  return "baseline";
#endif
}

ConvShape shapeOf(const Ints& s) {
  if (s.size != 15) throw std::invalid_argument("native convolution: expected 15 dimensions");
  return {s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12], s[13], s[14]};
}

void convForward(Buffer x, Buffer w, Buffer y, Ints shape) { conv2dForward(shapeOf(shape), x.floats(), w.floats(), y.floats()); }

void convBackwardData(Buffer dy, Buffer w, Buffer dx, Ints shape) {
  conv2dBackwardData(shapeOf(shape), dy.floats(), w.floats(), dx.floats());
}

void convBackwardFilter(Buffer x, Buffer dy, Buffer dw, Ints shape) {
  conv2dBackwardFilter(shapeOf(shape), x.floats(), dy.floats(), dw.floats());
}

// dims: batch, m, n, k, batch stride of a, batch stride of b
void batchMatMul(Buffer a, Buffer b, Buffer c, Ints dims, bool transposeA, bool transposeB) {
  matmul(dims[0], dims[1], dims[2], dims[3], transposeA, transposeB, a.floats(), dims[4], b.floats(), dims[5], c.floats());
}

napi_value initialize(napi_env env, napi_value exports) {
  bind<&allocate>(env, exports, "allocate");
  bind<&release>(env, exports, "release");
  bind<&writeBytes>(env, exports, "write");
  bind<&readBytes>(env, exports, "read");
  bind<&copyBuffer>(env, exports, "copy");
  bind<&address>(env, exports, "address");
  bind<&usedBytes>(env, exports, "usedBytes");
  bind<&keptBytes>(env, exports, "keptBytes");
  bind<&trimPool>(env, exports, "trimPool");
  bind<&threads>(env, exports, "threads");
  bind<&setThreads>(env, exports, "setThreads");
  bind<&version>(env, exports, "version");
  bind<&instructionSet>(env, exports, "instructionSet");
  bind<&convForward>(env, exports, "convForward");
  bind<&convBackwardData>(env, exports, "convBackwardData");
  bind<&convBackwardFilter>(env, exports, "convBackwardFilter");
  bind<&batchMatMul>(env, exports, "batchMatMul");
  bindElementwise(env, exports);
  bindReductions(env, exports);
  bindLayout(env, exports);
  bindNormalization(env, exports);
  bindPooling(env, exports);
  bindUpdates(env, exports);
  bindSoftmax(env, exports);
  bindNearest(env, exports);
  bindLinearHeads(env, exports);
  return exports;
}

}  // namespace

NAPI_MODULE_INIT() { return initialize(env, exports); }
