// One stream of collectives between processes of one host.
//
// A collective takes a few rounds. In a round a rank leaves a note in its mailbox (what it is at, and where its numbers
// are) and waits until all others have left theirs. So no rank is ever more than one round ahead, and two notes are enough.
//
// Mailboxes are in memory that the processes share; larger numbers are read where they are, by process_vm_readv. Who waits
// for a note looks for it a few microseconds long and then sleeps on its futex: ranks and their background threads share
// the cores, and one that polls takes away the time of one that computes.
#pragma once
#include <vector>

#include "../common/collective.h"
#include "mailbox.h"

struct Peer {
  int process;
  int mailboxFile;
  const Mailbox* mailbox = nullptr;  // known once this rank has joined
};

// Numbers of another rank: in this process's memory, if they are in its mailbox.
struct Remote {
  int rank;
  uint64_t address;
  const char* mapped;

  Remote operator+(size_t bytes) const { return {rank, address + bytes, mapped ? mapped + bytes : nullptr}; }
};

class Channel {
 public:
  // The number by which other processes open this channel's mailbox.
  int mailboxFile() const { return mailbox_.file(); }

  // Whether the memory of all others can be read.
  bool join(int rank, const std::vector<Peer>& peers, const std::atomic<int32_t>* failed);

  // Returns when it is done, or when the job has failed. Throws when another rank is at another collective.
  void run(const Collective& collective);

 private:
  struct Failed {};  // the job has, while this rank waited

  int worldSize() const { return int(peers_.size()); }
  template <class T>
  void runTyped(const Collective& c);
  template <class T>
  void allReduce(const Collective& c, bool small, const std::vector<Remote>& from);
  void meet(const Note& note);
  void waitFor(const std::atomic<uint32_t>& round) const;
  std::vector<Remote> exchangeNotes(const Collective& c, bool small);
  void pull(const Remote& from, void* to, size_t bytes) const;
  template <class T>
  void pullAndAdd(const Remote& from, T* to, size_t count);
  std::vector<int> others() const;

  OwnMailbox mailbox_;
  int rank_ = 0;
  std::vector<Peer> peers_;
  const std::atomic<int32_t>* failed_ = nullptr;
  uint32_t round_ = 0;
  std::vector<char> scratch_;
};
