// Softmax and its logarithm along the last axis, and cross-entropy with integer labels.
#include <algorithm>
#include <cmath>

#include "napi.h"
#include "parallel.h"

namespace {

template <class Body>
void overRowsOf(int64_t rows, int64_t size, const Body& body) {
  const int parts = rows * size < 8192 ? 1 : threadCount();
  parallelTasks(parts, [&](int part) {
    for (int64_t row = rows * part / parts; row < rows * (part + 1) / parts; row++) body(row);
  });
}

double logSumExp(const float* x, int size) {
  const float largest = *std::max_element(x, x + size);
  double total = 0;
  for (int i = 0; i < size; i++) total += std::exp(x[i] - largest);
  return largest + std::log(total);
}

void softmax(Buffer x, Buffer y, int size, bool logarithm) {
  overRowsOf(x.count() / size, size, [&](int64_t row) {
    const float* from = x.floats() + row * size;
    float* to = y.floats() + row * size;
    const double norm = logSumExp(from, size);
    for (int i = 0; i < size; i++) to[i] = float(logarithm ? from[i] - norm : std::exp(from[i] - norm));
  });
}

void checkLabels(const Buffer& labels, int classes) {
  for (int64_t i = 0; i < labels.count(); i++) {
    const int32_t label = labels.ints()[i];
    if (label < 0 || label >= classes) {
      throw std::out_of_range("cross-entropy: expected labels in [0, " + std::to_string(classes) + "), got " + std::to_string(label));
    }
  }
}

// losses[row] = -log softmax(logits)[label]
void crossEntropy(Buffer logits, Buffer labels, Buffer losses, int classes) {
  checkLabels(labels, classes);
  overRowsOf(labels.count(), classes, [&](int64_t row) {
    const float* from = logits.floats() + row * classes;
    losses.floats()[row] = float(logSumExp(from, classes) - from[labels.ints()[row]]);
  });
}

// dlogits = (softmax(logits) - onehot(labels)) * dy / rows, for the mean of the losses
void crossEntropyGradient(Buffer logits, Buffer labels, Buffer dy, Buffer dlogits, int classes) {
  const double scale = double(dy.floats()[0]) / double(labels.count());
  overRowsOf(labels.count(), classes, [&](int64_t row) {
    const float* from = logits.floats() + row * classes;
    float* to = dlogits.floats() + row * classes;
    const double norm = logSumExp(from, classes);
    for (int i = 0; i < classes; i++) to[i] = float((std::exp(from[i] - norm) - (i == labels.ints()[row])) * scale);
  });
}

}  // namespace

void bindSoftmax(napi_env env, napi_value exports) {
  bind<&softmax>(env, exports, "softmax");
  bind<&crossEntropy>(env, exports, "crossEntropy");
  bind<&crossEntropyGradient>(env, exports, "crossEntropyGradient");
}
