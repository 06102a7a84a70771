// One stream of collectives between processes of one host.
//
// A collective takes a few rounds. In a round a rank leaves a note in its mailbox (what it is at, and where its numbers
// are) and waits until all others have left theirs. So no rank is ever more than one round ahead, and two notes are enough.
#pragma once
#include <atomic>
#include <cstdint>
#include <vector>

#include "../common/collective.h"

struct Note {
  uint64_t what = 0;     // kind, type and root
  uint64_t count = 0;    // of the input
  uint64_t address = 0;  // of the numbers to read
};

constexpr size_t kSmallBytes = 1 << 16;  // what fits into a mailbox, and spares a round

// What other processes read of this one.
struct Mailbox {
  uint64_t magic = 0x31786f426d796745;
  std::atomic<uint64_t> round{0};
  Note notes[2];
  char small[2][kSmallBytes];
};

struct Peer {
  int process;
  uint64_t mailbox;
};

class Channel {
 public:
  const Mailbox* mailbox() const { return &mailbox_; }

  // Whether all other mailboxes can be read.
  bool join(int rank, const std::vector<Peer>& peers, const std::atomic<int32_t>* failed);

  // Returns when it is done, or when the job has failed. Throws when another rank is at another collective.
  void run(const Collective& collective);

 private:
  struct Failed {};  // the job has, while this rank waited

  int worldSize() const { return int(peers_.size()); }
  template <class T>
  void runTyped(const Collective& c);
  template <class T>
  void allReduce(const Collective& c, bool small, const std::vector<uint64_t>& from);
  void meet(const Note& note);
  std::vector<uint64_t> exchangeNotes(const Collective& c, bool small);
  void pull(int rank, uint64_t address, void* to, size_t bytes) const;
  template <class T>
  void pullAndAdd(int rank, uint64_t address, T* to, size_t count);
  std::vector<int> others() const;

  Mailbox mailbox_;
  int rank_ = 0;
  std::vector<Peer> peers_;
  const std::atomic<int32_t>* failed_ = nullptr;
  uint64_t round_ = 0;
  std::vector<char> scratch_;
};
