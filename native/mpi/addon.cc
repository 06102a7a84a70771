// Collectives over MPI, for ranks that mpirun or srun has started.
#include <mpi.h>

#include "../common/session.h"
#include "channel.h"

namespace {

using MpiSession = Session<MpiChannel>;

// Enters MPI. `failed`: a word that is not 0 once the job has failed; it must outlive the session.
int join(Ints failedWord) {
  int started = 0, level = 0;
  MPI_Initialized(&started);
  if (!started) {
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &level);
    if (level < MPI_THREAD_MULTIPLE) throw std::runtime_error("this MPI library was built without MPI_THREAD_MULTIPLE");
  }
  const int session = MpiSession::create();
  MpiSession& s = MpiSession::at(session);
  const auto* failed = reinterpret_cast<const std::atomic<int32_t>*>(failedWord.data);
  s.foreground.join(failed);
  s.background.join(failed);
  s.begin(failed);
  return session;
}

int rank() {
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int worldSize() {
  int size;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

// 'Open MPI v4.1.4, package: ...'
std::string library() {
  char words[MPI_MAX_LIBRARY_VERSION_STRING];
  int length;
  MPI_Get_library_version(words, &length);
  return std::string(words, length);
}

// Ends the session; in peace, and once all ranks have come to this, MPI as well. mpirun ends the others as soon as one ends.
void leave(int session, bool inPeace) {
  MpiSession& s = MpiSession::at(session);
  s.end();
  if (inPeace && s.foreground.meet()) MPI_Finalize();
}

}  // namespace

NAPI_MODULE_INIT() {
  bind<&join>(env, exports, "join");
  bind<&rank>(env, exports, "rank");
  bind<&worldSize>(env, exports, "worldSize");
  bind<&library>(env, exports, "library");
  bind<&leave>(env, exports, "leave");
  MpiSession::bindTo(env, exports);
  return exports;
}
