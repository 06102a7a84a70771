#include "channel.h"

#include <climits>
#include <stdexcept>
#include <string>

namespace {

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
  wait(request);
}

bool MpiChannel::meet() {
  MPI_Request request;
  check(MPI_Ibarrier(communicator_, &request));
  return wait(request);
}

bool MpiChannel::wait(MPI_Request request) {
  for (int polls = 0, done = 0;; polls++) {
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE));
    if (done) return true;
    if (failed_->load()) return false; // the mesh thread says why
    pause(polls);
  }
}
