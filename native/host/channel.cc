#include "channel.h"

#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

constexpr size_t kChunkBytes = 1 << 17;   // stays in the second-level cache between the copy and the addition
constexpr int kLooks = 400;               // some microseconds
constexpr timespec kSleep{0, 5'000'000};  // at most, between two looks whether the job has failed

// Lets the processor breathe between two looks.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

void sleepWhile(const std::atomic<uint32_t>& word, uint32_t value) {
  syscall(SYS_futex, &word, FUTEX_WAIT, value, &kSleep, nullptr, 0);
}

void wakeAll(const std::atomic<uint32_t>& word) { syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0); }

bool readMemory(const Peer& peer, uint64_t address, void* to, size_t bytes) {
  const iovec local{to, bytes}, remote{reinterpret_cast<void*>(uintptr_t(address)), bytes};
  return process_vm_readv(peer.process, &local, 1, &remote, 1, 0) == ssize_t(bytes);
}

uint64_t describe(const Collective& c) { return uint64_t(c.kind) | uint64_t(c.isDouble) << 8 | uint64_t(c.root) << 16; }

}  // namespace

bool Channel::join(int rank, const std::vector<Peer>& peers, const std::atomic<int32_t>* failed) {
#ifdef PR_SET_PTRACER
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);  // where the Yama module guards processes of one user from another
#endif
  rank_ = rank;
  peers_ = peers;
  failed_ = failed;
  scratch_.resize(kChunkBytes);
  for (int other : others()) {
    Peer& peer = peers_[other];
    peer.mailbox = openMailbox(peer.process, peer.mailboxFile);
    if (!peer.mailbox) return false;
    uint64_t magic = 0;
    if (!readMemory(peer, peer.mailbox->address + offsetof(Mailbox, magic), &magic, sizeof magic)) return false;
    if (magic != mailbox_->magic) return false;
  }
  return true;
}

void Channel::run(const Collective& c) {
  try {
    c.isDouble ? runTyped<double>(c) : runTyped<float>(c);
  } catch (const Failed&) {
    // The mesh thread says why.
  }
}

template <class T>
void Channel::runTyped(const Collective& c) {
  const size_t bytes = c.count * sizeof(T);
  const bool small = bytes <= kSmallBytes;
  const std::vector<Remote> from = exchangeNotes(c, small);
  switch (c.kind) {
    case Kind::allReduce:
      allReduce<T>(c, small, from);
      break;
    case Kind::allGather:
      memcpy(c.output + rank_ * bytes, c.input, bytes);
      for (int other : others()) pull(from[other], c.output + other * bytes, bytes);
      break;
    case Kind::reduceScatter: {
      const size_t part = c.count / worldSize();
      T* sum = reinterpret_cast<T*>(c.output);
      memcpy(sum, c.input + rank_ * part * sizeof(T), part * sizeof(T));
      for (int other : others()) pullAndAdd(from[other] + rank_ * part * sizeof(T), sum, part);
      break;
    }
    case Kind::broadcast:
      if (rank_ != c.root) pull(from[c.root], c.output, bytes);
      break;
    case Kind::barrier:
      break;
  }
  if (!small) meet({});  // all have read: the numbers may change again
}

// Small: each rank sums everything, in the order of the ranks. Large: each rank sums its share, then all copy the shares.
template <class T>
void Channel::allReduce(const Collective& c, bool small, const std::vector<Remote>& from) {
  T* values = reinterpret_cast<T*>(c.output);
  if (small) {
    const T* own = reinterpret_cast<const T*>(mailbox_->small[round_ % 2]);
    std::fill(values, values + c.count, T(0));
    for (int rank = 0; rank < worldSize(); rank++) {
      rank == rank_ ? addTo(values, own, c.count) : pullAndAdd(from[rank], values, c.count);
    }
    return;
  }
  const auto border = [&](int rank) { return c.count * rank / worldSize(); };
  const size_t chunk = kChunkBytes / sizeof(T);
  for (size_t begin = border(rank_); begin < border(rank_ + 1); begin += chunk) {
    const size_t count = std::min(chunk, border(rank_ + 1) - begin);
    for (int other : others()) pullAndAdd(from[other] + begin * sizeof(T), values + begin, count);
  }
  meet({});
  for (int other : others()) {
    const size_t begin = border(other);
    pull(from[other] + begin * sizeof(T), values + begin, (border(other + 1) - begin) * sizeof(T));
  }
}

// Leaves a note for this round and waits until all have left theirs.
void Channel::meet(const Note& note) {
  round_++;
  mailbox_->notes[round_ % 2] = note;
  mailbox_->round.store(round_, std::memory_order_release);
  wakeAll(mailbox_->round);
  for (int other : others()) waitFor(peers_[other].mailbox->round);
}

// Until it is at this rank's round.
void Channel::waitFor(const std::atomic<uint32_t>& round) const {
  for (int looks = 0;; looks++) {
    const uint32_t seen = round.load(std::memory_order_acquire);
    if (int32_t(seen - round_) >= 0) return;
    if (failed_->load()) throw Failed{};  // who has died, and of what, the mesh thread finds out
    looks < kLooks ? relax() : sleepWhile(round, seen);
  }
}

// The first round: where everyone's numbers are. Small ones are put into the mailbox, so that their place is free at once.
std::vector<Remote> Channel::exchangeNotes(const Collective& c, bool small) {
  if (small) memcpy(mailbox_->small[(round_ + 1) % 2], c.input, c.count * c.bytesEach());
  const Note own{describe(c), c.count, small ? 0 : uint64_t(reinterpret_cast<uintptr_t>(c.input))};
  meet(own);
  std::vector<Remote> from(worldSize());
  for (int other : others()) {
    const Mailbox& mailbox = *peers_[other].mailbox;
    const Note& note = mailbox.notes[round_ % 2];
    if (note.what != own.what || note.count != own.count) {
      throw std::runtime_error("rank " + std::to_string(other) + " is at another collective (" + std::to_string(note.count) +
                               " numbers) than rank " + std::to_string(rank_) + " (" + std::to_string(own.count) + ")");
    }
    from[other] = {other, note.address, small ? mailbox.small[round_ % 2] : nullptr};
  }
  return from;
}

void Channel::pull(const Remote& from, void* to, size_t bytes) const {
  if (bytes == 0) return;
  if (from.mapped) {
    memcpy(to, from.mapped, bytes);
    return;
  }
  if (readMemory(peers_[from.rank], from.address, to, bytes)) return;
  if (errno != ESRCH && errno != EFAULT) throw std::runtime_error(std::string("process_vm_readv: ") + strerror(errno));
  while (!failed_->load()) nanosleep(&kSleep, nullptr);  // it has died
  throw Failed{};
}

template <class T>
void Channel::pullAndAdd(const Remote& from, T* to, size_t count) {
  if (from.mapped) {
    addTo(to, reinterpret_cast<const T*>(from.mapped), count);
    return;
  }
  const size_t chunk = kChunkBytes / sizeof(T);
  for (size_t begin = 0; begin < count; begin += chunk) {
    const size_t size = std::min(chunk, count - begin);
    pull(from + begin * sizeof(T), scratch_.data(), size * sizeof(T));
    addTo(to + begin, reinterpret_cast<const T*>(scratch_.data()), size);
  }
}

// The other ranks, each rank's next first, so that not all read from the same one.
std::vector<int> Channel::others() const {
  std::vector<int> ranks;
  for (int i = 1; i < worldSize(); i++) ranks.push_back((rank_ + i) % worldSize());
  return ranks;
}
