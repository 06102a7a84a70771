// Linear classifiers of the same rows trained side by side, a step of SGD in one call: each row is copied once into the
// form that the tiles of convolutions read both forward and backward, and a gradient is used as it leaves the registers.
//
// Columns, of which each classifier has `classes`, are held in blocks as wide as a tile: weights and their momenta are
// [blocks, dim, kTileCols], biases [blocks, kTileCols]. Columns that fill up the last block belong to no classifier.
#include <algorithm>
#include <bit>
#include <stdexcept>

#include "gemm.h"
#include "napi.h"
#include "parallel.h"

namespace {

constexpr int kImages = 64;  // whose part of a gradient is computed at a time: all that its tiles read fits in L1

// exp(x) for x <= 0, to 2 units in the last place (Cephes' polynomial); written so that loops of it become vectors.
inline float expOf(float x) {
  constexpr float kRound = 12582912.f;  // 1.5 * 2^23: what is added to it loses its fraction
  x = std::max(x, -87.f);
  const float shifted = x * 1.44269504f + kRound, whole = shifted - kRound;
  const float r = x - whole * 0.693359375f - whole * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  for (float c : {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f}) p = p * r + c;
  p = p * r * r + r + 1.f;
  return p * std::bit_cast<float>((std::bit_cast<int32_t>(shifted) - std::bit_cast<int32_t>(kRound) + 127) << 23);
}

// Logits of classifiers side by side become gradients of each one's mean cross-entropy over `images` images.
void gradientOfLogits(float* row, int width, int classes, int label, int images) {
  for (int head = 0; head < width; head += classes) {
    const float largest = *std::max_element(row + head, row + head + classes);
    for (int c = head; c < head + classes; c++) row[c] -= largest;
  }
  for (int c = 0; c < width; c++) row[c] = expOf(row[c]);
  for (int head = 0; head < width; head += classes) {
    float total = 0;
    for (int c = head; c < head + classes; c++) total += row[c];
    const float scale = 1.f / (total * float(images));
    for (int c = head; c < head + classes; c++) row[c] *= scale;
    row[head + label] -= 1.f / float(images);
  }
}

// w -= rate * m, where m = momentum * m + gradient + decay * w, over the columns of a block.
inline void update(const float* __restrict gradient, float* __restrict w, float* __restrict m, const float* __restrict rate,
                   const float* __restrict decay, float momentum) {
  for (int c = 0; c < kTileCols; c++) {
    m[c] = momentum * m[c] + gradient[c] + decay[c] * w[c];
    w[c] -= rate[c] * m[c];
  }
}

// Rates and decays: one a column, 0 where there is no classifier. Biases are not decayed.
void linearHeadsStep(Buffer x, Buffer labels, Ints batch, Buffer weight, Buffer bias, Buffer weightMomentum, Buffer biasMomentum,
                     Bytes rates, Bytes decays, int width, int classes, double momentum) {
  const int images = batch.size, panels = int(bias.count() / kTileCols), dim = int(weight.count() / bias.count());
  const int chunks = (dim + kChunk - 1) / kChunk;
  const float *rate = static_cast<const float*>(rates.data), *decay = static_cast<const float*>(decays.data);
  if (width > panels * kTileCols || width % classes != 0 || rates.size != bias.bytes || decays.size != bias.bytes) {
    throw std::invalid_argument("linear heads: weights, rates and classes do not fit each other");
  }
  for (int i = 0; i < images; i++) {
    if (batch[i] < 0 || batch[i] >= labels.count()) throw std::out_of_range("linear heads: no row " + std::to_string(batch[i]));
    const int label = labels.ints()[batch[i]];
    if (label < 0 || label >= classes) throw std::out_of_range("linear heads: no class " + std::to_string(label));
  }
  const size_t floatsOfX = size_t(chunks) * images * kStride;
  float* packedX = scratch<2>(floatsOfX + size_t(panels) * images * kTileCols);  // [chunks][images][kStride]
  float* logits = packedX + floatsOfX;                                           // [panels][images][kTileCols]

  const int share = (images + 2 * threadCount() - 1) / (2 * threadCount());
  const int rowsOfTask = (share + kTileRows - 1) / kTileRows * kTileRows;
  parallelTasks((images + rowsOfTask - 1) / rowsOfTask, [&](int task) {
    const int begin = task * rowsOfTask, end = std::min(images, begin + rowsOfTask);
    for (int chunk = 0; chunk < chunks; chunk++) {
      const int term = chunk * kChunk, terms = std::min(kChunk, dim - term);
      float* rows = packedX + size_t(chunk) * images * kStride;
      for (int i = begin; i < end; i++) {
        memcpy(rows + size_t(i) * kStride, x.floats() + size_t(batch[i]) * dim + term, terms * sizeof(float));
      }
      for (int p = 0; p < panels; p++) {
        const float* panel = weight.floats() + (size_t(p) * dim + term) * kTileCols;
        for (int i = begin; i < end; i += kTileRows) {
          float* out[kTileRows];
          for (int r = 0; r < kTileRows; r++) out[r] = logits + (size_t(p) * images + i + r) * kTileCols;
          tileOf<PackedA::rowsByTerms>(std::min(kTileRows, end - i))(terms, rows + size_t(i) * kStride, panel, out, kTileCols,
                                                                     chunk > 0);
        }
      }
    }
    float* row = scratch<3>(size_t(panels) * kTileCols);
    for (int i = begin; i < end; i++) {
      for (int p = 0; p < panels; p++) {
        const float* from = logits + (size_t(p) * images + i) * kTileCols;
        for (int c = 0; c < kTileCols; c++) row[p * kTileCols + c] = from[c] + bias.floats()[p * kTileCols + c];
      }
      gradientOfLogits(row, width, classes, labels.ints()[batch[i]], images);
      for (int p = 0; p < panels; p++) memcpy(logits + (size_t(p) * images + i) * kTileCols, row + p * kTileCols, kTileCols * sizeof(float));
    }
  });

  parallelTasks(chunks * panels, [&](int task) {
    const int chunk = task / panels, p = task % panels, column = p * kTileCols;
    const int term = chunk * kChunk, terms = std::min(kChunk, dim - term);
    const float* gradients = logits + size_t(p) * images * kTileCols;
    alignas(64) float sums[kChunk][kTileCols];
    for (int begin = 0; begin < images; begin += kImages) {
      const float *rows = packedX + (size_t(chunk) * images + begin) * kStride, *errors = gradients + size_t(begin) * kTileCols;
      for (int i = 0; i < terms; i += kTileRows) {
        float* out[kTileRows];
        for (int r = 0; r < kTileRows; r++) out[r] = sums[std::min(i + r, kChunk - 1)];
        tileOf<PackedA::termsByRows>(std::min(kTileRows, terms - i))(std::min(kImages, images - begin), rows + i, errors, out,
                                                                     kTileCols, begin > 0);
      }
    }
    for (int i = 0; i < terms; i++) {
      const size_t at = (size_t(p) * dim + term + i) * kTileCols;
      update(sums[i], weight.floats() + at, weightMomentum.floats() + at, rate + column, decay + column, float(momentum));
    }
    if (chunk > 0) return;
    float total[kTileCols] = {};
    const float undecayed[kTileCols] = {};
    for (int i = 0; i < images; i++) {
      for (int c = 0; c < kTileCols; c++) total[c] += gradients[size_t(i) * kTileCols + c];
    }
    update(total, bias.floats() + column, biasMomentum.floats() + column, rate + column, undecayed, float(momentum));
  });
}

// Columns of a block.
int linearHeadsBlock() { return kTileCols; }

}  // namespace

void bindLinearHeads(napi_env env, napi_value exports) {
  bind<&linearHeadsStep>(env, exports, "linearHeadsStep");
  bind<&linearHeadsBlock>(env, exports, "linearHeadsBlock");
}
