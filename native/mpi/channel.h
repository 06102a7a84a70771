// One stream of collectives over MPI, on a communicator of its own.
//
// MPI's blocking calls never return when a rank is lost. So every collective is started and then tested, and the wait ends
// when the job has failed.
#pragma once
#include <mpi.h>

#include <vector>

#include "../common/collective.h"

class MpiChannel {
 public:
  // All ranks must come. `failed`: a word that is not 0 once the job has failed.
  void join(const std::atomic<int32_t>* failed);

  // A barrier; whether all ranks have come.
  bool meet();

  // Returns when it is done, or when the job has failed.
  void run(const Collective& collective);

 private:
  template <class T>
  void allReduceByRing(T* values, size_t count, MPI_Datatype type);
  // Whether they are done; otherwise the job has failed.
  bool wait(MPI_Request* requests, int count);

  MPI_Comm communicator_ = MPI_COMM_NULL;
  int rank_ = 0;
  int worldSize_ = 1;
  const std::atomic<int32_t>* failed_ = nullptr;
  std::vector<char> scratch_;
};
