#include "channel.h"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <climits>
#include <stdexcept>
#include <string>

namespace {

constexpr size_t kRingBytes = 1 << 18, kChunkBytes = 1 << 19;
constexpr int kTag = 1;
constexpr int kEagerPolls = 200, kYieldingPolls = 2000;

// Between two looks at something that others do: at first at once, then letting other threads work, then asleep.
void pause(int polls) {
  if (polls < kEagerPolls) return;
  if (polls < kYieldingPolls) {
    sched_yield();
    return;
  }
  const timespec nap{0, 50'000};
  nanosleep(&nap, nullptr);
}

void check(int code) {
  if (code == MPI_SUCCESS) return;
  char words[MPI_MAX_ERROR_STRING];
  int length;
  MPI_Error_string(code, words, &length);
  throw std::runtime_error("MPI: " + std::string(words, length));
}

}  // namespace

void MpiChannel::join(const std::atomic<int32_t>* failed) {
  failed_ = failed;
  check(MPI_Comm_dup(MPI_COMM_WORLD, &communicator_));
  MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN);
  MPI_Comm_rank(communicator_, &rank_);
  MPI_Comm_size(communicator_, &worldSize_);
}

void MpiChannel::run(const Collective& c) {
  if (c.count > INT_MAX) throw std::runtime_error("MPI takes 2147483647 numbers in a call, got " + std::to_string(c.count));
  const MPI_Datatype type = c.isDouble ? MPI_DOUBLE : MPI_FLOAT;
  const int count = int(c.count);
  MPI_Request request;
  switch (c.kind) {
    case Kind::allReduce:
      if (c.count * c.bytesEach() >= kRingBytes) {
        c.isDouble ? allReduceByRing(reinterpret_cast<double*>(c.output), c.count, type)
                   : allReduceByRing(reinterpret_cast<float*>(c.output), c.count, type);
        return;
      }
      check(MPI_Iallreduce(MPI_IN_PLACE, c.output, count, type, MPI_SUM, communicator_, &request));
      break;
    case Kind::allGather:
      check(MPI_Iallgather(c.input, count, type, c.output, count, type, communicator_, &request));
      break;
    case Kind::reduceScatter:
      check(MPI_Ireduce_scatter_block(c.input, c.output, count / worldSize_, type, MPI_SUM, communicator_, &request));
      break;
    case Kind::broadcast:
      check(MPI_Ibcast(c.output, count, type, c.root, communicator_, &request));
      break;
    case Kind::barrier:
      check(MPI_Ibarrier(communicator_, &request));
      break;
  }
  wait(&request, 1);
}

// Round the ring in chunks (Patarasu & Yuan, 2009): first each rank's share gathers its sum on the way, then the sums go to
// everybody. OpenMPI's own for this, when it is not to block, sends everything through rank 0.
template <class T>
void MpiChannel::allReduceByRing(T* values, size_t count, MPI_Datatype type) {
  const auto border = [&](int share) { return count * share / worldSize_; };
  const int next = (rank_ + 1) % worldSize_, previous = (rank_ + worldSize_ - 1) % worldSize_;
  const size_t chunk = kChunkBytes / sizeof(T);
  scratch_.resize(kChunkBytes);
  T* const scratch = reinterpret_cast<T*>(scratch_.data());
  for (int step = 0; step < 2 * (worldSize_ - 1); step++) {
    const bool sums = step < worldSize_ - 1;
    const int out = (rank_ - step + 2 * worldSize_) % worldSize_, in = (out + worldSize_ - 1) % worldSize_;
    size_t sent = border(out), received = border(in);
    while (sent < border(out + 1) || received < border(in + 1)) {
      const size_t outgoing = std::min(chunk, border(out + 1) - sent), incoming = std::min(chunk, border(in + 1) - received);
      T* const landing = sums ? scratch : values + received;
      MPI_Request requests[2];
      check(MPI_Irecv(landing, int(incoming), type, previous, kTag, communicator_, &requests[0]));
      check(MPI_Isend(values + sent, int(outgoing), type, next, kTag, communicator_, &requests[1]));
      if (!wait(requests, 2)) return;
      if (sums) addTo(values + received, scratch, incoming);
      sent += outgoing;
      received += incoming;
    }
  }
}

bool MpiChannel::meet() {
  MPI_Request request;
  check(MPI_Ibarrier(communicator_, &request));
  return wait(&request, 1);
}

bool MpiChannel::wait(MPI_Request* requests, int count) {
  for (int polls = 0, done = 0;; polls++) {
    check(MPI_Testall(count, requests, &done, MPI_STATUSES_IGNORE));
    if (done) return true;
    if (failed_->load()) return false;  // the mesh thread says why
    pause(polls);
  }
}
