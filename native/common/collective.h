// A collective as data, and a thread that runs collectives one after the other.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

// In the order of COLLECTIVES in src/ddp/collectives.ts.
enum class Kind { allReduce, allGather, reduceScatter, broadcast, barrier };

struct Collective {
  Kind kind;
  bool isDouble;
  const char* input;
  char* output;
  size_t count;  // of the input
  int root;

  size_t bytesEach() const { return isDouble ? 8 : 4; }
};

template <class T>
void addTo(T* __restrict to, const T* __restrict from, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] += from[i];
}

// Runs what it is given in order, on a thread of its own; JavaScript waits for the n-th.
class Background {
 public:
  explicit Background(std::function<void(const Collective&)> run) : run_(std::move(run)), thread_([this] { work(); }) {}

  // The others' threads may still be at work when the process ends.
  ~Background() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  void start(const Collective& collective) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      queue_.push_back(collective);
    }
    changed_.notify_all();
  }

  // Waits for the n-th that was started; gives up when the word becomes other than 0. An exception of `run` comes out here.
  void wait(int64_t number, const std::atomic<int32_t>& failed) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (done_ < number && !error_ && !failed.load()) changed_.wait_for(lock, std::chrono::milliseconds(5));
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void work() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ended_ || !queue_.empty(); });
      if (ended_) return;
      const Collective next = queue_.front();
      queue_.pop_front();
      lock.unlock();
      std::exception_ptr error;
      try {
        run_(next);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      if (error) error_ = error;
      done_++;
      changed_.notify_all();
    }
  }

  std::function<void(const Collective&)> run_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Collective> queue_;
  int64_t done_ = 0;
  bool ended_ = false;
  std::exception_ptr error_;
  std::thread thread_;  // last: it uses all of the above
};
