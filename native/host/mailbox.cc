#include "mailbox.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

namespace {

void* map(int file, int protection) {
  void* memory = mmap(nullptr, sizeof(Mailbox), protection, MAP_SHARED, file, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

OwnMailbox::OwnMailbox() : file_(memfd_create("encodergym", MFD_CLOEXEC)) {
  void* memory = file_ >= 0 && ftruncate(file_, sizeof(Mailbox)) == 0 ? map(file_, PROT_READ | PROT_WRITE) : nullptr;
  if (!memory) throw std::runtime_error(std::string("memory to share with other processes: ") + strerror(errno));
  mailbox_ = new (memory) Mailbox;
  mailbox_->address = uint64_t(reinterpret_cast<uintptr_t>(memory));
}

const Mailbox* openMailbox(int process, int file) {
  const std::string path = "/proc/" + std::to_string(process) + "/fd/" + std::to_string(file);
  const int opened = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0) return nullptr;
  struct stat status;
  const bool whole = fstat(opened, &status) == 0 && status.st_size == sizeof(Mailbox);
  const void* memory = whole ? map(opened, PROT_READ) : nullptr;
  close(opened);
  return static_cast<const Mailbox*>(memory);
}
