// Collectives between the processes of one host. A rank reads the others' memory by process_vm_readv, straight from where
// their numbers are, so nothing is copied twice; what is ready, and where, stands in a mailbox that they share.
#include "../common/session.h"
#include "channel.h"

namespace {

using HostSession = Session<Channel>;

int mailbox(int session, int channel) {
  HostSession& s = HostSession::at(session);
  return (channel == 0 ? s.foreground : s.background).mailboxFile();
}

// `mailboxes`: of all ranks, two each. `failed`: a word that is not 0 once the job has failed; it must outlive the
// session. Returns whether the others' mailboxes can be read.
bool join(int session, int rank, Ints processes, Ints mailboxes, Ints failedWord) {
  HostSession& s = HostSession::at(session);
  const auto* failed = reinterpret_cast<const std::atomic<int32_t>*>(failedWord.data);
  std::vector<Peer> peers[2];
  for (int i = 0; i < processes.size; i++) {
    for (int channel : {0, 1}) peers[channel].push_back({processes[i], mailboxes[2 * i + channel]});
  }
  const bool readable = s.foreground.join(rank, peers[0], failed) && s.background.join(rank, peers[1], failed);
  if (readable) s.begin(failed);
  return readable;
}

void leave(int session) { HostSession::at(session).end(); }

void add(Bytes to, Bytes from, bool isDouble) {
  if (isDouble) addTo(static_cast<double*>(to.data), static_cast<double*>(from.data), to.size / 8);
  else addTo(static_cast<float*>(to.data), static_cast<float*>(from.data), to.size / 4);
}

}  // namespace

NAPI_MODULE_INIT() {
  bind<&HostSession::create>(env, exports, "create");
  bind<&mailbox>(env, exports, "mailbox");
  bind<&join>(env, exports, "join");
  bind<&leave>(env, exports, "leave");
  bind<&add>(env, exports, "add");
  HostSession::bindTo(env, exports);
  return exports;
}
