// What a process shares with the others of its host: a small file in memory, which they map.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

// Where a rank is in a stream of collectives, and with what.
struct Note {
  uint64_t what = 0;     // kind, type and root
  uint64_t count = 0;    // of the input
  uint64_t address = 0;  // of the numbers in its memory, if they are not in its mailbox
};

constexpr size_t kSmallBytes = 1 << 16;  // what fits into a mailbox, and spares a round

struct Mailbox {
  uint64_t magic = 0x32786f426d796745;
  uint64_t address = 0;            // of this mailbox in its owner's memory
  std::atomic<uint32_t> round{0};  // a futex; wraps around
  Note notes[2];
  char small[2][kSmallBytes];
};

// A new mailbox of this process. Never freed: other processes may read it for as long as this one lives.
class OwnMailbox {
 public:
  // Throws when there is no memory for it.
  OwnMailbox();
  int file() const { return file_; }
  Mailbox* operator->() const { return mailbox_; }

 private:
  int file_;
  Mailbox* mailbox_;
};

// Another process's, by its number there; nullptr where it cannot be had.
const Mailbox* openMailbox(int process, int file);
