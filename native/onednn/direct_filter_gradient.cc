// The weight gradient of a convolution: for each tap, x' dy over the pixel pairs that the tap joins.
//
// Reads the pairs from the same geometry as the forward pass, so padding costs nothing. Filters with few input
// channels (the first layer) take several taps in one product instead, with zeros where a tap leaves the image.
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <vector>

#include "direct.h"
#include "conv_geometry.h"
#include "gemm.h"
#include "parallel.h"

namespace {

// Taps whose gradients are one matrix product: rows are (tap, channel).
struct TapGroup {
  struct Piece {
    int source, to, length;  // floats: offset in the source image, place in the row
  };
  int firstTap, taps;
  bool padded;  // some pieces of a row may be missing
  std::vector<int> outputs;              // output pixels
  std::vector<std::vector<Piece>> rows;  // per output pixel, what to copy
};

std::vector<TapGroup> groupTaps(const ConvShape& s) {
  const ConvGeometry g = forwardGeometry(s);
  const int together = s.c >= kTileRows ? 1 : std::max(1, std::min(g.taps, kChunk / s.c));
  std::vector<TapGroup> groups;
  for (int first = 0; first < g.taps; first += together) {
    TapGroup group{first, std::min(together, g.taps - first), false, {}, {}};
    for (int p = 0; p < g.pixels; p++) {
      std::vector<TapGroup::Piece> pieces;
      int floats = 0;
      for (int t = 0; t < group.taps; t++) {
        const int source = g.source[size_t(p) * g.taps + first + t];
        if (source < 0) continue;
        floats += s.c;
        if (!pieces.empty() && pieces.back().source + pieces.back().length == source * s.c &&
            pieces.back().to + pieces.back().length == t * s.c) {
          pieces.back().length += s.c;
        } else {
          pieces.push_back({source * s.c, t * s.c, s.c});
        }
      }
      if (pieces.empty()) continue;
      group.padded |= floats < group.taps * s.c;
      group.outputs.push_back(p);
      group.rows.push_back(std::move(pieces));
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

const std::vector<TapGroup>& tapGroupsOf(const ConvShape& s) {
  thread_local std::map<ConvKey, std::unique_ptr<std::vector<TapGroup>>> cache;
  auto& groups = cache[keyOf(s)];
  if (!groups) groups = std::make_unique<std::vector<TapGroup>>(groupTaps(s));
  return *groups;
}

// Rows and panels of one product.
struct Part {
  int rowBegin, rowEnd, panelBegin, panelEnd;
};

// dw (+)= the part's product over `images` images.
void addProduct(const ConvShape& s, const TapGroup& group, const Part& part, int images, bool accumulate, const float* x,
                const float* dy, float* dw) {
  const int perImage = int(group.outputs.size()), rows = part.rowEnd - part.rowBegin;
  const int64_t terms = int64_t(images) * perImage;
  float* packedA = scratch<0>(size_t(std::max(kBlockRows, kChunk)) * kStride);
  float* panel = scratch<1>(size_t(kChunk) * kTileCols);
  float* const first = dw + (size_t(group.firstTap) * s.c + part.rowBegin) * s.k;
  if (terms == 0 && !accumulate) {
    const int from = part.panelBegin * kTileCols, to = std::min(part.panelEnd * kTileCols, s.k);
    for (int i = 0; i < rows; i++) std::fill(first + size_t(i) * s.k + from, first + size_t(i) * s.k + to, 0.f);
  }
  // Tiles of nearly equal height: 64 rows are 13 + 13 + 13 + 13 + 12, not 4 x 14 + 8.
  const int tiles = (rows + kTileRows - 1) / kTileRows;
  const float* outputRows[kChunk];
  for (int64_t term = 0; term < terms; term += kChunk) {
    const int length = int(std::min<int64_t>(kChunk, terms - term));
    int image = int(term / perImage), index = int(term % perImage);
    for (int r = 0; r < length; r++) {
      const float* source = x + size_t(image) * s.h * s.w * s.c;
      float* to = packedA + size_t(r) * kStride;
      if (group.taps == 1) {
        memcpy(to, source + group.rows[index][0].source + part.rowBegin, rows * sizeof(float));
      } else {
        if (group.padded) memset(to, 0, group.taps * s.c * sizeof(float));
        for (const auto& piece : group.rows[index]) memcpy(to + piece.to, source + piece.source, piece.length * sizeof(float));
      }
      outputRows[r] = dy + (size_t(image) * s.oh * s.ow + group.outputs[index]) * s.k;
      if (++index == perImage) index = 0, image++;
    }
    for (int p = part.panelBegin; p < part.panelEnd; p++) {
      const int column = p * kTileCols, cols = std::min(kTileCols, s.k - column);
      for (int r = 0; r < length; r++) packPanel(1, outputRows[r] + column, 0, cols, panel + size_t(r) * kTileCols);
      for (int i = 0; i < tiles; i++) {
        const int begin = rows * i / tiles, end = rows * (i + 1) / tiles;
        float* out[kTileRows];
        for (int j = begin; j < end; j++) out[j - begin] = first + size_t(j) * s.k + column;
        tileOf<PackedA::termsByRows>(end - begin)(length, packedA + begin, panel, out, cols, accumulate || term > 0);
      }
    }
  }
}

}  // namespace

void directBackwardFilter(const ConvShape& s, const float* x, const float* dy, float* dw) {
  const auto& groups = tapGroupsOf(s);
  const int panels = (s.k + kTileCols - 1) / kTileCols;
  const int pixels = s.oh * s.ow, sourceFloats = s.h * s.w * s.c;
  // Rows of one product: the channels of a tap in blocks of at most kChunk, or all taps of a padded group at once.
  const int blocksPerGroup = (groups[0].taps * s.c + kChunk - 1) / kChunk;
  // A unit is one panel of one product. A task walks the images in segments that fit in the cache and, within a
  // segment, through its units: the activations, often larger than all caches, are read from memory once a task.
  const int units = int(groups.size()) * blocksPerGroup * panels;
  const size_t imageFloats = size_t(sourceFloats) + size_t(pixels) * s.k;
  const bool cached = s.n * imageFloats < (size_t(2) << 20);
  const int tasks = std::min(units, (cached ? 6 : 1) * threadCount());
  const int segmentImages = cached ? s.n : std::max<int>({1, int((size_t(1) << 18) / imageFloats), 1024 / pixels});
  parallelTasks(tasks, [&](int task) {
    const int unitBegin = int(int64_t(units) * task / tasks), unitEnd = int(int64_t(units) * (task + 1) / tasks);
    for (int image = 0; image < s.n; image += segmentImages) {
      const int images = std::min(segmentImages, s.n - image);
      for (int unit = unitBegin; unit < unitEnd;) {
        const int product = unit / panels, panelBegin = unit % panels;
        const int panelEnd = std::min(panels, panelBegin + unitEnd - unit);
        unit += panelEnd - panelBegin;
        const TapGroup& group = groups[product / blocksPerGroup];
        const int height = group.taps * s.c, block = product % blocksPerGroup;
        const Part part{height * block / blocksPerGroup, height * (block + 1) / blocksPerGroup, panelBegin, panelEnd};
        addProduct(s, group, part, images, image > 0, x + size_t(image) * sourceFloats, dy + size_t(image) * pixels * s.k, dw);
      }
    }
  });
}
