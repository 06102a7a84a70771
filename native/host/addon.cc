// Collectives between the processes of one host. A rank reads the others' memory by process_vm_readv, straight from where
// their numbers are, so nothing is copied twice; what is ready, and where, stands in a mailbox that the others poll.
#include <memory>
#include <vector>

#include "../common/bind.h"
#include "channel.h"

namespace {

struct Session {
  Channel foreground, background;
  std::unique_ptr<Background> thread;
  const std::atomic<int32_t>* failed = nullptr;
};

// Never freed: other processes may read a mailbox for as long as this one lives.
std::vector<Session*> sessions;

int create() {
  sessions.push_back(new Session);
  return int(sessions.size()) - 1;
}

double mailbox(int session, int channel) {
  Session& s = *sessions.at(session);
  return double(reinterpret_cast<uintptr_t>((channel == 0 ? s.foreground : s.background).mailbox()));
}

// `mailboxes`: of all ranks, two each. `failed`: a word that is not 0 once the job has failed; it must outlive the
// session. Returns whether the others' mailboxes can be read.
bool join(int session, int rank, Ints processes, Doubles mailboxes, Ints failed) {
  Session& s = *sessions.at(session);
  s.failed = reinterpret_cast<const std::atomic<int32_t>*>(failed.data);
  std::vector<Peer> peers[2];
  for (int i = 0; i < processes.size; i++) {
    for (int channel : {0, 1}) peers[channel].push_back({processes[i], uint64_t(mailboxes[2 * i + channel])});
  }
  const bool readable = s.foreground.join(rank, peers[0], s.failed) && s.background.join(rank, peers[1], s.failed);
  if (readable) s.thread = std::make_unique<Background>([&s](const Collective& c) { s.background.run(c); });
  return readable;
}

Collective collectiveOf(int kind, bool isDouble, const Memory& input, const Memory& output, double count, int root) {
  return {Kind(kind), isDouble, static_cast<const char*>(input.data), static_cast<char*>(output.data), size_t(count), root};
}

void run(int session, int kind, bool isDouble, Memory input, Memory output, double count, int root) {
  sessions.at(session)->foreground.run(collectiveOf(kind, isDouble, input, output, count, root));
}

void start(int session, int kind, bool isDouble, Memory input, Memory output, double count, int root) {
  sessions.at(session)->thread->start(collectiveOf(kind, isDouble, input, output, count, root));
}

void waitFor(int session, double number) {
  Session& s = *sessions.at(session);
  s.thread->wait(int64_t(number), *s.failed);
}

void leave(int session) { sessions.at(session)->thread.reset(); }

void add(Bytes to, Bytes from, bool isDouble) {
  if (isDouble) addTo(static_cast<double*>(to.data), static_cast<double*>(from.data), to.size / 8);
  else addTo(static_cast<float*>(to.data), static_cast<float*>(from.data), to.size / 4);
}

}  // namespace

NAPI_MODULE_INIT() {
  bind<&create>(env, exports, "create");
  bind<&mailbox>(env, exports, "mailbox");
  bind<&join>(env, exports, "join");
  bind<&run>(env, exports, "run");
  bind<&start>(env, exports, "start");
  bind<&waitFor>(env, exports, "waitFor");
  bind<&leave>(env, exports, "leave");
  bind<&add>(env, exports, "add");
  return exports;
}
