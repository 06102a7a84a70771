// Tasks over the machine's threads, and scratch memory that each thread keeps.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <omp.h>

inline int threadCount() { return omp_get_max_threads(); }

// Runs body(0) ... body(count - 1) on all threads, each task once, in no fixed order. The tasks must write apart.
template <class Body>
void parallelTasks(int count, const Body& body) {
  if (count == 1) {
    body(0);
    return;
  }
#pragma omp parallel for schedule(dynamic, 1)
  for (int i = 0; i < count; i++) body(i);
}

// At least `floats` floats, aligned to 64 bytes, kept by the calling thread for its life; one buffer per Slot.
template <int Slot>
float* scratch(size_t floats) {
  struct Buffer {
    float* data = nullptr;
    size_t size = 0;
    ~Buffer() { std::free(data); }
  };
  thread_local Buffer buffer;
  if (buffer.size < floats) {
    std::free(buffer.data);
    buffer.data = static_cast<float*>(std::aligned_alloc(64, (floats * sizeof(float) + 63) / 64 * 64));
    if (!buffer.data) {
      buffer.size = 0;
      throw std::bad_alloc();
    }
    buffer.size = floats;
  }
  return buffer.data;
}
