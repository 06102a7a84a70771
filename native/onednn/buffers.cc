// A training step allocates and frees the same sizes over and over: freed blocks are kept by size class, so that after
// the first step no memory is asked of the system. Classes are four to an octave, which wastes at most a quarter.
#include "buffers.h"

#include <cstdlib>
#include <deque>
#include <mutex>
#include <new>
#include <stdexcept>
#include <unordered_map>
#include <vector>
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace {

constexpr size_t kSmallest = 256, kHugePage = size_t(2) << 20;

// Worker threads of one process share the pool.
std::mutex mutex;
std::deque<Buffer> buffers;  // growing leaves references to its elements valid
std::vector<int> freeHandles;
std::unordered_map<size_t, std::vector<void*>> freeBlocks;
PoolStatistics statistics{0, 0};

size_t sizeClass(size_t bytes) {
  size_t octave = kSmallest;
  while (octave * 2 <= bytes) octave *= 2;
  if (bytes <= octave) return octave;
  const size_t quarter = octave / 4;
  return (bytes + quarter - 1) / quarter * quarter;
}

void* allocateBlock(size_t size) {
  const size_t alignment = size >= kHugePage ? kHugePage : 64;
  void* block = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (!block) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  if (size >= kHugePage) madvise(block, size, MADV_HUGEPAGE);  // fewer TLB misses when rows of many images are gathered
#endif
  return block;
}

}  // namespace

int allocateBuffer(size_t bytes) {
  std::lock_guard<std::mutex> lock(mutex);
  const size_t size = sizeClass(bytes);
  auto& blocks = freeBlocks[size];
  void* data;
  if (blocks.empty()) {
    data = allocateBlock(size);
  } else {
    data = blocks.back();
    blocks.pop_back();
    statistics.kept -= size;
  }
  statistics.used += size;
  int handle;
  if (freeHandles.empty()) {
    handle = int(buffers.size());
    buffers.emplace_back();
  } else {
    handle = freeHandles.back();
    freeHandles.pop_back();
  }
  buffers[handle] = {data, bytes};
  return handle;
}

void releaseBuffer(int handle) {
  Buffer& buffer = bufferOf(handle);
  std::lock_guard<std::mutex> lock(mutex);
  const size_t size = sizeClass(buffer.bytes);
  freeBlocks[size].push_back(buffer.data);
  statistics.used -= size;
  statistics.kept += size;
  buffer = {};
  freeHandles.push_back(handle);
}

Buffer& bufferOf(int handle) {
  std::lock_guard<std::mutex> lock(mutex);
  if (handle < 0 || handle >= int(buffers.size()) || !buffers[handle].data) {
    throw std::invalid_argument("a tensor was used after it was disposed");
  }
  return buffers[handle];
}

PoolStatistics poolStatistics() {
  std::lock_guard<std::mutex> lock(mutex);
  return statistics;
}

void trimPool() {
  std::lock_guard<std::mutex> lock(mutex);
  for (auto& [size, blocks] : freeBlocks) {
    for (void* block : blocks) std::free(block);
    blocks.clear();
  }
  statistics.kept = 0;
}
