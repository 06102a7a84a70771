// What JavaScript sees of a way to run collectives: sessions with two channels, one that blocks, and one that works in the
// background. A Channel has `run(const Collective&)`, which returns when it is done or the job has failed.
#pragma once
#include <memory>
#include <vector>

#include "bind.h"
#include "collective.h"

// A typed array, or an address in native memory as a number.
struct Memory {
  void* data;
};

template <>
struct napi::Argument<Memory> {
  static Memory from(napi_env env, napi_value value) {
    napi_valuetype type;
    napi_typeof(env, value, &type);
    if (type != napi_number) return {Argument<Bytes>::from(env, value).data};
    return {reinterpret_cast<void*>(uintptr_t(Argument<double>::from(env, value)))};
  }
};

// Never freed: other processes may read a channel's memory for as long as this one lives.
template <class Channel>
class Session {
 public:
  Channel foreground, background;

  static int create() {
    all().push_back(new Session);
    return int(all().size()) - 1;
  }
  static Session& at(int session) { return *all().at(session); }

  // `failed`: a word that is not 0 once the job has failed; it must outlive the session.
  void begin(const std::atomic<int32_t>* failed) {
    failed_ = failed;
    thread_ = std::make_unique<Background>([this](const Collective& collective) { background.run(collective); });
  }

  static void bindTo(napi_env env, napi_value exports) {
    bind<&Session::run>(env, exports, "run");
    bind<&Session::start>(env, exports, "start");
    bind<&Session::waitFor>(env, exports, "waitFor");
  }

  // No collective is run any more.
  void end() { thread_.reset(); }

 private:
  static std::vector<Session*>& all() {
    static std::vector<Session*> sessions;
    return sessions;
  }

  static Collective collectiveOf(int kind, bool isDouble, const Memory& input, const Memory& output, double count, int root) {
    return {Kind(kind), isDouble, static_cast<const char*>(input.data), static_cast<char*>(output.data), size_t(count), root};
  }

  static void run(int session, int kind, bool isDouble, Memory input, Memory output, double count, int root) {
    at(session).foreground.run(collectiveOf(kind, isDouble, input, output, count, root));
  }

  static void start(int session, int kind, bool isDouble, Memory input, Memory output, double count, int root) {
    at(session).thread_->start(collectiveOf(kind, isDouble, input, output, count, root));
  }

  static void waitFor(int session, double number) { at(session).thread_->wait(int64_t(number), *at(session).failed_); }

  std::unique_ptr<Background> thread_;
  const std::atomic<int32_t>* failed_ = nullptr;
};
