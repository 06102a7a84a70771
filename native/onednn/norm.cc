// Batch normalisation fused with the addition of a residual and ReLU, forward and backward, in training and evaluation.
//
// Activations are [groups, rows, channels]; each group (a view) has statistics of its own. A pass reads every
// activation once; sums are taken relative to a rough mean, in short float runs gathered in double precision, over
// blocks whose borders do not depend on the number of threads.
#include <algorithm>
#include <cmath>
#include <vector>

#include "napi.h"
#include "parallel.h"

namespace {

constexpr int64_t kBlockElements = 1 << 16;
constexpr int kRunRows = 32;      // rows summed in single precision at a time
constexpr int kSampledRows = 32;  // rows whose mean the sums are relative to

struct Layout {
  int groups, channels;
  int64_t rows;  // per group
  int64_t blockRows() const { return std::max<int64_t>(8, kBlockElements / channels); }
  int blocks() const { return int((rows + blockRows() - 1) / blockRows()); }
};

Layout layoutOf(const Buffer& x, int groups, int channels) { return {groups, channels, x.count() / channels / groups}; }

// body(group, block, first row, last row), rows counted over all groups.
template <class Body>
void overBlocks(const Layout& l, const Body& body) {
  const int blocks = l.blocks();
  parallelTasks(l.groups * blocks, [&](int task) {
    const int group = task / blocks, block = task % blocks;
    const int64_t begin = block * l.blockRows(), end = std::min(l.rows, begin + l.blockRows());
    body(group, block, group * l.rows + begin, group * l.rows + end);
  });
}

// Two sums per channel over each group: term(row, first[channels], second[channels]) adds a row's contribution.
template <class Term>
std::vector<double> groupSums(const Layout& l, const Term& term) {
  const int c = l.channels, blocks = l.blocks();
  std::vector<double> partial(size_t(l.groups) * blocks * 2 * c, 0.), total(size_t(l.groups) * 2 * c, 0.);
  overBlocks(l, [&](int group, int block, int64_t begin, int64_t end) {
    double* to = &partial[(size_t(group) * blocks + block) * 2 * c];
    float* run = scratch<5>(2 * c);
    for (int64_t row = begin; row < end; row += kRunRows) {
      std::fill(run, run + 2 * c, 0.f);
      for (int64_t r = row; r < std::min(end, row + kRunRows); r++) term(group, r, run, run + c);
      for (int i = 0; i < 2 * c; i++) to[i] += run[i];
    }
  });
  for (int group = 0; group < l.groups; group++) {
    for (int block = 0; block < blocks; block++) {
      for (int i = 0; i < 2 * c; i++) total[size_t(group) * 2 * c + i] += partial[(size_t(group) * blocks + block) * 2 * c + i];
    }
  }
  return total;
}

// Rough means [groups, channels], from rows spread over each group. Sums of squares relative to these do not cancel,
// and one row of outliers, unlike a shift by a single row, does little harm.
std::vector<float> roughMeans(const Layout& l, const float* x) {
  std::vector<float> means(size_t(l.groups) * l.channels, 0.f);
  const int samples = int(std::min<int64_t>(l.rows, kSampledRows));
  for (int group = 0; group < l.groups; group++) {
    float* to = &means[size_t(group) * l.channels];
    for (int i = 0; i < samples; i++) {
      const float* row = x + (group * l.rows + i * l.rows / samples) * l.channels;
      for (int c = 0; c < l.channels; c++) to[c] += row[c] / samples;
    }
  }
  return means;
}

// Sums of x and of its squares [groups, 2, channels], which may then be added to those of other processes.
void batchSums(Buffer x, Doubles sums, int groups, int channels) {
  const Layout l = layoutOf(x, groups, channels);
  const float* data = x.floats();
  const auto shifts = roughMeans(l, data);
  const auto shifted = groupSums(l, [&](int group, int64_t row, float* __restrict first, float* __restrict second) {
    const float* __restrict from = data + row * channels;
    const float* __restrict shift = &shifts[size_t(group) * channels];
    for (int c = 0; c < channels; c++) {
      const float d = from[c] - shift[c];
      first[c] += d;
      second[c] += d * d;
    }
  });
  const double n = double(l.rows);
  for (int group = 0; group < groups; group++) {
    for (int c = 0; c < channels; c++) {
      const size_t first = size_t(group) * 2 * channels + c, second = first + channels;
      const double shift = shifts[size_t(group) * channels + c];
      sums[first] = shifted[first] + n * shift;
      sums[second] = shifted[second] + 2 * shift * shifted[first] + n * shift * shift;
    }
  }
}

// mean and invStd [groups, channels] from sums over n rows a group, biased; the running statistics are updated once per
// group, unbiased.
void batchStatistics(Doubles sums, double n, Buffer mean, Buffer invStd, Buffer runningMean, Buffer runningVariance,
                     int groups, int channels, double epsilon, double momentum) {
  for (int group = 0; group < groups; group++) {
    for (int c = 0; c < channels; c++) {
      const size_t first = size_t(group) * 2 * channels + c;
      const double average = sums[first] / n;
      const double variance = std::max(0., sums[first + channels] / n - average * average);
      mean.floats()[group * channels + c] = float(average);
      invStd.floats()[group * channels + c] = float(1 / std::sqrt(variance + epsilon));
      float &m = runningMean.floats()[c], &v = runningVariance.floats()[c];
      m = float((1 - momentum) * m + momentum * average);
      v = float((1 - momentum) * v + momentum * variance * n / std::max(1., n - 1));
    }
  }
}

// Per group: y = x * scale + shift.
struct Affine {
  std::vector<float> scale, shift;
};

Affine affineOf(const Buffer& gamma, const Buffer& beta, const Buffer& mean, const Buffer& invStd, int groups, int channels) {
  Affine a{std::vector<float>(groups * channels), std::vector<float>(groups * channels)};
  for (int i = 0; i < groups * channels; i++) {
    const int c = i % channels;
    a.scale[i] = gamma.floats()[c] * invStd.floats()[i];
    a.shift[i] = beta.floats()[c] - mean.floats()[i] * a.scale[i];
  }
  return a;
}

template <bool hasResidual, bool relu>
void normalizeRows(const Layout& l, const Affine& a, const float* x, const float* residual, float* y) {
  overBlocks(l, [&](int group, int, int64_t begin, int64_t end) {
    const float* __restrict scale = &a.scale[group * l.channels];
    const float* __restrict shift = &a.shift[group * l.channels];
    for (int64_t row = begin; row < end; row++) {
      const float* __restrict from = x + row * l.channels;
      const float* __restrict add = hasResidual ? residual + row * l.channels : nullptr;
      float* __restrict to = y + row * l.channels;
      for (int c = 0; c < l.channels; c++) {
        float value = from[c] * scale[c] + shift[c];
        if (hasResidual) value += add[c];
        to[c] = relu && value < 0 ? 0.f : value;
      }
    }
  });
}

// y = relu?((x - mean) * invStd * gamma + beta + residual?); mean and invStd are [groups, channels].
void normalize(Buffer x, Buffer gamma, Buffer beta, Buffer mean, Buffer invStd, Handles residual, Buffer y, int groups,
               int channels, bool relu) {
  const Layout l = layoutOf(x, groups, channels);
  const Affine a = affineOf(gamma, beta, mean, invStd, groups, channels);
  if (residual.size() == 0) {
    relu ? normalizeRows<false, true>(l, a, x.floats(), nullptr, y.floats())
         : normalizeRows<false, false>(l, a, x.floats(), nullptr, y.floats());
  } else {
    const float* add = residual[0].floats();
    relu ? normalizeRows<true, true>(l, a, x.floats(), add, y.floats())
         : normalizeRows<true, false>(l, a, x.floats(), add, y.floats());
  }
}

// The first half of the gradient of `normalize`: dgamma, dbeta, with a residual dresidual (the gradient before the
// addition, from which dx is then taken), and sums [groups, 2, channels] of the gradient and of its product with
// x - mean, which may then be added to those of other processes.
// Without a residual, ReLU's mask is recomputed from x as the forward pass did; with one, it is y > 0.
void normalizeGradientSums(Buffer dy, Buffer x, Handles yIfResidual, Buffer gamma, Buffer beta, Buffer mean, Buffer invStd,
                           Buffer dgamma, Buffer dbeta, Handles dresidual, Doubles sums, int groups, int channels,
                           bool relu) {
  const Layout l = layoutOf(x, groups, channels);
  const Affine a = affineOf(gamma, beta, mean, invStd, groups, channels);
  const float *gradient = dy.floats(), *input = x.floats();
  const bool hasResidual = dresidual.size() > 0;
  const float* output = hasResidual ? yIfResidual[0].floats() : nullptr;
  float* kept = hasResidual ? dresidual[0].floats() : nullptr;
  const auto local = groupSums(l, [&](int group, int64_t row, float* __restrict first, float* __restrict second) {
    const float* __restrict g = gradient + row * channels;
    const float* __restrict in = input + row * channels;
    const float* __restrict center = mean.floats() + group * channels;
    const float* __restrict scale = &a.scale[group * channels];
    const float* __restrict shift = &a.shift[group * channels];
    if (hasResidual) {
      const float* __restrict out = output + row * channels;
      float* __restrict to = kept + row * channels;
      for (int c = 0; c < channels; c++) {
        const float masked = relu && !(out[c] > 0) ? 0.f : g[c];
        to[c] = masked;
        first[c] += masked;
        second[c] += masked * (in[c] - center[c]);
      }
    } else {
      for (int c = 0; c < channels; c++) {
        const float masked = relu && !(in[c] * scale[c] + shift[c] > 0) ? 0.f : g[c];
        first[c] += masked;
        second[c] += masked * (in[c] - center[c]);
      }
    }
  });
  std::copy(local.begin(), local.end(), sums.data);
  for (int c = 0; c < channels; c++) {
    double gammaSum = 0, betaSum = 0;
    for (int group = 0; group < groups; group++) {
      const size_t first = size_t(group) * 2 * channels + c;
      betaSum += local[first];
      gammaSum += local[first + channels] * invStd.floats()[group * channels + c];
    }
    dgamma.floats()[c] = float(gammaSum);
    dbeta.floats()[c] = float(betaSum);
  }
}

// The second half: dx, from `gradient` (dresidual, where there is a residual, else dy) and the sums over n rows a group.
// `training`: the statistics are the batch's own and have gradients too.
void normalizeGradientInput(Buffer gradient, Buffer x, Buffer gamma, Buffer beta, Buffer mean, Buffer invStd, Buffer dx,
                            Doubles sums, double n, int groups, int channels, bool masked, bool training) {
  const Layout l = layoutOf(x, groups, channels);
  const Affine a = affineOf(gamma, beta, mean, invStd, groups, channels);
  std::vector<float> meanGradient(groups * channels, 0.f), slope(groups * channels, 0.f);
  for (int i = 0; training && i < groups * channels; i++) {
    const size_t first = size_t(i / channels) * 2 * channels + i % channels;
    const double inverse = invStd.floats()[i];
    meanGradient[i] = float(sums[first] / n);
    slope[i] = float(sums[first + channels] * inverse * inverse / n);
  }
  overBlocks(l, [&](int group, int, int64_t begin, int64_t end) {
    const float* __restrict center = mean.floats() + group * channels;
    const float* __restrict scale = &a.scale[group * channels];
    const float* __restrict shift = &a.shift[group * channels];
    const float* __restrict average = &meanGradient[group * channels];
    const float* __restrict tilt = &slope[group * channels];
    for (int64_t row = begin; row < end; row++) {
      const float* __restrict g = gradient.floats() + row * channels;
      const float* __restrict in = x.floats() + row * channels;
      float* __restrict to = dx.floats() + row * channels;
      if (!masked) {
        for (int c = 0; c < channels; c++) to[c] = scale[c] * (g[c] - average[c] - (in[c] - center[c]) * tilt[c]);
      } else {
        for (int c = 0; c < channels; c++) {
          const float kept = in[c] * scale[c] + shift[c] > 0 ? g[c] : 0.f;
          to[c] = scale[c] * (kept - average[c] - (in[c] - center[c]) * tilt[c]);
        }
      }
    }
  });
}

}  // namespace

void bindNormalization(napi_env env, napi_value exports) {
  bind<&batchSums>(env, exports, "batchSums");
  bind<&batchStatistics>(env, exports, "batchStatistics");
  bind<&normalize>(env, exports, "normalize");
  bind<&normalizeGradientSums>(env, exports, "normalizeGradientSums");
  bind<&normalizeGradientInput>(env, exports, "normalizeGradientInput");
}
