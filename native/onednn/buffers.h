// Memory of tensors: 64-byte aligned blocks from a pool of size classes, named by small integers in JavaScript.
#pragma once
#include <cstddef>
#include <cstdint>

struct Buffer {
  void* data = nullptr;
  size_t bytes = 0;
  float* floats() const { return static_cast<float*>(data); }
  int32_t* ints() const { return static_cast<int32_t*>(data); }
  int64_t count() const { return int64_t(bytes / 4); }
};

struct PoolStatistics {
  size_t used, kept;  // bytes in live buffers; bytes held for reuse
};

int allocateBuffer(size_t bytes);   // throws std::bad_alloc
void releaseBuffer(int handle);
Buffer& bufferOf(int handle);       // throws std::invalid_argument for a handle that is not live
PoolStatistics poolStatistics();
void trimPool();                    // gives the memory held for reuse back to the system
