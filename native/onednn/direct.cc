// Convolution as a matrix product over exactly the taps that exist.
//
// Forward and data gradient are one computation: every output pixel sums, over the filter's taps, a source pixel's
// channels times that tap's matrix. Pixels are grouped by the set of taps that fall inside the source; the rows of a
// group, over all images, form one matrix product without a single multiplication by padding. On small images that
// is most of the work: a 3x3 convolution of a 1x1 image has one tap, not nine. The weight gradient sums over the
// same (source pixel, output pixel) pairs per tap.
#include "direct.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "conv_geometry.h"
#include "gemm.h"
#include "parallel.h"

namespace {

// Pixels of one image that have the same taps inside the source.
struct PixelGroup {
  struct Piece {          // consecutive reduction terms that are contiguous in the source
    int term, source, length;  // first row of B; offset in the source from the pixel's base; floats
  };
  std::vector<int> pixels;             // output pixels
  std::vector<int> bases;              // each pixel's base in the source, in floats
  std::vector<std::vector<Piece>> chunks;  // at most kChunk terms each
};

std::vector<PixelGroup> groupPixels(const ConvGeometry& g) {
  std::map<std::vector<bool>, PixelGroup> groups;
  std::vector<bool> inside(g.taps);
  for (int p = 0; p < g.pixels; p++) {
    const int* source = &g.source[size_t(p) * g.taps];
    int first = -1;
    for (int t = 0; t < g.taps; t++) {
      inside[t] = source[t] >= 0;
      if (first < 0 && inside[t]) first = t;
    }
    PixelGroup& group = groups[inside];
    group.pixels.push_back(p);
    group.bases.push_back(first < 0 ? 0 : source[first] * g.channels);
    if (group.pixels.size() > 1 || first < 0) continue;
    // Offsets between taps are the same for all pixels of a group: lay out the reduction once, from its first pixel.
    int room = 0;
    for (int t = 0; t < g.taps; t++) {
      if (!inside[t]) continue;
      for (int c = 0; c < g.channels;) {
        if (room == 0) {
          group.chunks.emplace_back();
          room = kChunk;
        }
        const int length = std::min(room, g.channels - c);
        const int term = t * g.channels + c, offset = (source[t] - source[first]) * g.channels + c;
        auto& pieces = group.chunks.back();
        if (!pieces.empty() && pieces.back().term + pieces.back().length == term &&
            pieces.back().source + pieces.back().length == offset) {
          pieces.back().length += length;
        } else {
          pieces.push_back({term, offset, length});
        }
        c += length;
        room -= length;
      }
    }
  }
  std::vector<PixelGroup> list;
  for (auto& [key, group] : groups) list.push_back(std::move(group));
  return list;
}

struct Plan {
  ConvGeometry geometry;
  std::vector<PixelGroup> groups;
};

// Plans depend on the shape alone, are small and few (one per layer and pass) and are kept for the thread's life.
const Plan& planOf(const ConvShape& s, bool backwardData) {
  thread_local std::map<ConvKey, std::unique_ptr<Plan>> plans[2];
  auto& plan = plans[backwardData][keyOf(s)];
  if (!plan) {
    plan = std::make_unique<Plan>();
    plan->geometry = backwardData ? backwardDataGeometry(s) : forwardGeometry(s);
    plan->groups = groupPixels(plan->geometry);
  }
  return *plan;
}

// y[image][pixel][j] = sum over taps t and channels c of x[image][source(pixel, t)][c] * w_t[c][j], where w_t is
// `taps` matrices of channels x outputs, or, transposed, of outputs x channels.
void gatherGemm(const Plan& plan, int images, const float* x, const float* w, bool transposed, float* y) {
  struct Block {
    const PixelGroup* group;
    int begin, end;  // rows: image * group pixels + index
  };
  const ConvGeometry& g = plan.geometry;
  const int panels = (g.outputs + kTileCols - 1) / kTileCols;
  std::vector<Block> blocks;
  for (const PixelGroup& group : plan.groups) {
    const int rows = images * int(group.pixels.size());
    const int count = (rows + kBlockRows - 1) / kBlockRows;
    const int size = ((rows + count - 1) / count + kTileRows - 1) / kTileRows * kTileRows;
    for (int r = 0; r < rows; r += size) blocks.push_back({&group, r, std::min(rows, r + size)});
  }
  // Enough tasks to balance the threads: few blocks (small images) are split over panels as well.
  const int split = std::clamp((6 * threadCount() + int(blocks.size()) - 1) / int(blocks.size()), 1, panels);
  parallelTasks(int(blocks.size()) * split, [&](int task) {
    const Block& block = blocks[task / split];
    const int part = task % split, panelBegin = panels * part / split, panelEnd = panels * (part + 1) / split;
    const PixelGroup& group = *block.group;
    const int rows = block.end - block.begin, perImage = int(group.pixels.size());
    float* packedA = scratch<0>(size_t(kBlockRows) * kStride);
    float* panel = scratch<1>(size_t(kChunk) * kTileCols);
    thread_local std::vector<const float*> in;
    thread_local std::vector<float*> out, shifted;
    in.resize(rows), out.resize(rows), shifted.resize(rows);
    for (int i = 0; i < rows; i++) {
      const int image = (block.begin + i) / perImage, index = (block.begin + i) % perImage;
      in[i] = x + size_t(image) * g.sourcePixels * g.channels + group.bases[index];
      out[i] = y + (size_t(image) * g.pixels + group.pixels[index]) * g.outputs;
    }
    if (group.chunks.empty()) {  // no tap reaches these pixels
      const int from = panelBegin * kTileCols, to = std::min(panelEnd * kTileCols, g.outputs);
      for (int i = 0; i < rows; i++) std::fill(out[i] + from, out[i] + to, 0.f);
      return;
    }
    bool accumulate = false;
    for (const auto& chunk : group.chunks) {
      int terms = 0;
      for (const auto& piece : chunk) {
        float* to = packedA + terms;
        for (int i = 0; i < rows; i++) memcpy(to + size_t(i) * kStride, in[i] + piece.source, piece.length * sizeof(float));
        terms += piece.length;
      }
      for (int p = panelBegin; p < panelEnd; p++) {
        const int column = p * kTileCols, cols = std::min(kTileCols, g.outputs - column);
        float* to = panel;
        for (const auto& piece : chunk) {
          if (transposed) {
            // A piece may span taps; each tap's matrix is transposed on its own.
            for (int done = 0; done < piece.length;) {
              const int tap = (piece.term + done) / g.channels, c = (piece.term + done) % g.channels;
              const int length = std::min(piece.length - done, g.channels - c);
              packPanelTransposed(length, w + (size_t(tap) * g.outputs + column) * g.channels + c, g.channels, cols, to);
              done += length;
              to += size_t(length) * kTileCols;
            }
          } else {
            packPanel(piece.length, w + size_t(piece.term) * g.outputs + column, g.outputs, cols, to);
            to += size_t(piece.length) * kTileCols;
          }
        }
        for (int i = 0; i < rows; i++) shifted[i] = out[i] + column;
        for (int i = 0; i < rows; i += kTileRows) {
          const int height = std::min(kTileRows, rows - i);
          tileOf<PackedA::rowsByTerms>(height)(terms, packedA + size_t(i) * kStride, panel, &shifted[i], cols, accumulate);
        }
      }
      accumulate = true;
    }
  });
}

}  // namespace

void directForward(const ConvShape& s, const float* x, const float* w, float* y) {
  gatherGemm(planOf(s, false), s.n, x, w, false, y);
}

void directBackwardData(const ConvShape& s, const float* dy, const float* w, float* dx) {
  gatherGemm(planOf(s, true), s.n, dy, w, true, dx);
}
