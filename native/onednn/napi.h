// Binds kernels to JavaScript, see ../common/bind.h: a Buffer is a handle in JavaScript, Handles are an Int32Array of them.
//
//   bind<&relu>(env, exports, "relu");      void relu(Buffer x, Buffer y)
#pragma once
#include "../common/bind.h"
#include "buffers.h"

struct Handles {
  Ints handles;
  int size() const { return handles.size; }
  Buffer operator[](int i) const { return bufferOf(handles[i]); }
};

namespace napi {

template <>
struct Argument<Buffer> {
  static Buffer from(napi_env env, napi_value value) { return bufferOf(Argument<int>::from(env, value)); }
};
template <>
struct Argument<Handles> {
  static Handles from(napi_env env, napi_value value) { return {Argument<Ints>::from(env, value)}; }
};

}  // namespace napi
