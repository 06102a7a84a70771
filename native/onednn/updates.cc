// Optimizer updates of many tensors in one call, in place. Memory bandwidth is the limit, so each tensor is read as
// few times as the rule allows; blocks are of fixed size, so results do not depend on the number of threads.
#include <algorithm>
#include <cmath>
#include <vector>

#include "napi.h"
#include "parallel.h"

namespace {

constexpr int64_t kBlock = 1 << 15;

struct Block {
  int tensor;
  int64_t begin, end;
};

std::vector<Block> blocksOf(const Handles& tensors) {
  std::vector<Block> blocks;
  for (int t = 0; t < tensors.size(); t++) {
    const int64_t count = tensors[t].count();
    for (int64_t begin = 0; begin < count; begin += kBlock) blocks.push_back({t, begin, std::min(count, begin + kBlock)});
  }
  return blocks;
}

std::vector<float*> pointersOf(const Handles& tensors) {
  std::vector<float*> pointers(tensors.size());
  for (int t = 0; t < tensors.size(); t++) pointers[t] = tensors[t].floats();
  return pointers;
}

const float* floatsOf(const Bytes& bytes) { return static_cast<const float*>(bytes.data); }

// Sum of f(i) over a block: float lanes in short runs, gathered in double.
template <class F>
double blockSum(const Block& block, const F& f) {
  double total = 0;
  for (int64_t i = block.begin; i < block.end;) {
    const int64_t end = std::min<int64_t>(block.end, i + 512);
    float lanes[16] = {};
    for (; i + 16 <= end; i += 16) {
      for (int j = 0; j < 16; j++) lanes[j] += f(i + j);
    }
    for (; i < end; i++) lanes[0] += f(i);
    float sum = 0;
    for (float lane : lanes) sum += lane;
    total += sum;
  }
  return total;
}

// decay[t]: weight decay of each tensor.
void sgd(Handles parameters, Handles gradients, Handles momenta, Bytes decay, double lr, double momentum, bool nesterov) {
  const auto w = pointersOf(parameters), g = pointersOf(gradients), m = pointersOf(momenta);
  const auto blocks = blocksOf(parameters);
  const float rate = float(lr), keep = float(momentum);
  parallelTasks(int(blocks.size()), [&](int task) {
    const Block& b = blocks[task];
    const float wd = floatsOf(decay)[b.tensor];
    float *__restrict wt = w[b.tensor], *__restrict mt = m[b.tensor];
    const float* __restrict gt = g[b.tensor];
    for (int64_t i = b.begin; i < b.end; i++) {
      const float d = gt[i] + wd * wt[i];
      mt[i] = keep * mt[i] + d;
      wt[i] -= rate * (nesterov ? d + keep * mt[i] : mt[i]);
    }
  });
}

// You, Gitman, Ginsburg, "Large Batch Training of Convolutional Networks", 2017. adapt[t] != 0: the tensor's rate is
// scaled by eta |w| / (|g + decay w| + epsilon), at most to 1 / lr with `clip`.
void lars(Handles parameters, Handles gradients, Handles momenta, Bytes decay, Bytes adapt, double lr, double momentum,
          double eta, double epsilon, bool clip) {
  const auto w = pointersOf(parameters), g = pointersOf(gradients), m = pointersOf(momenta);
  const auto blocks = blocksOf(parameters);
  std::vector<double> partial(2 * blocks.size(), 0.), norms(2 * w.size(), 0.);
  parallelTasks(int(blocks.size()), [&](int task) {
    const Block& b = blocks[task];
    if (floatsOf(adapt)[b.tensor] == 0) return;
    const float wd = floatsOf(decay)[b.tensor];
    const float *wt = w[b.tensor], *gt = g[b.tensor];
    partial[2 * task] = blockSum(b, [=](int64_t i) { return wt[i] * wt[i]; });
    partial[2 * task + 1] = blockSum(b, [=](int64_t i) {
      const float d = gt[i] + wd * wt[i];
      return d * d;
    });
  });
  for (size_t task = 0; task < blocks.size(); task++) {
    norms[2 * blocks[task].tensor] += partial[2 * task];
    norms[2 * blocks[task].tensor + 1] += partial[2 * task + 1];
  }
  const float rate = float(lr), keep = float(momentum);
  parallelTasks(int(blocks.size()), [&](int task) {
    const Block& b = blocks[task];
    double trust = 1;
    if (floatsOf(adapt)[b.tensor] != 0) {
      const double weight = std::sqrt(norms[2 * b.tensor]), gradient = std::sqrt(norms[2 * b.tensor + 1]);
      if (weight > 0 && gradient > 0) {
        trust = eta * weight / (gradient + epsilon);
        if (clip) trust = std::min(trust / lr, 1.);
      }
    }
    const float scale = float(trust), wd = floatsOf(decay)[b.tensor];
    float *__restrict wt = w[b.tensor], *__restrict mt = m[b.tensor];
    const float* __restrict gt = g[b.tensor];
    for (int64_t i = b.begin; i < b.end; i++) {
      mt[i] = keep * mt[i] + scale * (gt[i] + wd * wt[i]);
      wt[i] -= rate * mt[i];
    }
  });
}

// Kingma & Ba, "Adam", 2015; `decoupled` weight decay as in Loshchilov & Hutter, 2019. step counts from 1.
void adam(Handles parameters, Handles gradients, Handles firstMoments, Handles secondMoments, Bytes decay, double lr,
          double beta1, double beta2, double epsilon, bool decoupled, int step) {
  const auto w = pointersOf(parameters), g = pointersOf(gradients), m = pointersOf(firstMoments), v = pointersOf(secondMoments);
  const auto blocks = blocksOf(parameters);
  const float b1 = float(beta1), b2 = float(beta2), eps = float(epsilon);
  const float rate = float(lr / (1 - std::pow(beta1, step))), correction = float(1 / std::sqrt(1 - std::pow(beta2, step)));
  parallelTasks(int(blocks.size()), [&](int task) {
    const Block& b = blocks[task];
    const float wd = floatsOf(decay)[b.tensor], shrink = decoupled ? float(1 - lr * wd) : 1.f, add = decoupled ? 0.f : wd;
    float *__restrict wt = w[b.tensor], *__restrict mt = m[b.tensor], *__restrict vt = v[b.tensor];
    const float* __restrict gt = g[b.tensor];
    for (int64_t i = b.begin; i < b.end; i++) {
      const float d = gt[i] + add * wt[i];
      mt[i] = b1 * mt[i] + (1 - b1) * d;
      vt[i] = b2 * vt[i] + (1 - b2) * d * d;
      wt[i] = shrink * wt[i] - rate * mt[i] / (std::sqrt(vt[i]) * correction + eps);
    }
  });
}

// targets = tau * targets + (1 - tau) * sources
void ema(Handles targets, Handles sources, double tau) {
  const auto to = pointersOf(targets), from = pointersOf(sources);
  const auto blocks = blocksOf(targets);
  const float keep = float(tau), take = float(1 - tau);
  parallelTasks(int(blocks.size()), [&](int task) {
    const Block& b = blocks[task];
    float* __restrict t = to[b.tensor];
    const float* __restrict s = from[b.tensor];
    for (int64_t i = b.begin; i < b.end; i++) t[i] = keep * t[i] + take * s[i];
  });
}

double globalNorm(Handles tensors) {
  const auto x = pointersOf(tensors);
  const auto blocks = blocksOf(tensors);
  std::vector<double> partial(blocks.size());
  parallelTasks(int(blocks.size()), [&](int task) {
    const float* t = x[blocks[task].tensor];
    partial[task] = blockSum(blocks[task], [=](int64_t i) { return t[i] * t[i]; });
  });
  double total = 0;
  for (double part : partial) total += part;
  return std::sqrt(total);
}

}  // namespace

void bindUpdates(napi_env env, napi_value exports) {
  bind<&sgd>(env, exports, "sgd");
  bind<&lars>(env, exports, "lars");
  bind<&adam>(env, exports, "adam");
  bind<&ema>(env, exports, "ema");
  bind<&globalNorm>(env, exports, "globalNorm");
}
